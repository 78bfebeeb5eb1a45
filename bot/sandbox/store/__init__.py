"""An S3 store on loopback, as strict with presigned POSTs as Ceph's radosgw is."""

from bot.sandbox.store.objects import StoredObject
from bot.sandbox.store.server import StoreServer

__all__ = ["StoreServer", "StoredObject"]
