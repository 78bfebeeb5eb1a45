"""The ways to start Loadmaster, and the one place where its parts are put together."""
