"""Properties are looked at for as long as it takes: other tests run beside them."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
