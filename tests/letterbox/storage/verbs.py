"""The verbs of ``ObjectStore`` by their names, for what is asked of each."""

import os
from collections.abc import Callable

from letterbox.domain.ports import ObjectStore
from letterbox.storage.s3.store import S3Store

VERBS: dict[str, Callable[[ObjectStore, str], object]] = {
    "put": lambda store, key: store.put(key, b"body"),
    "get": lambda store, key: store.get(key),
    "get_start": lambda store, key: store.get_start(key, 9),
    "get_end": lambda store, key: store.get_end(key, 9),
    "open": lambda store, key: store.open(key).__enter__(),
    "stat": lambda store, key: store.stat(key),
    "delete": lambda store, key: store.delete(key),
    "drop": lambda store, key: store.drop(key),
    "list": lambda store, key: list(store.list(f"{key}/")),
    "remove_unfinished": lambda store, key: store.remove_unfinished(key),
}
EXPIRY: dict[str, Callable[[S3Store, str], object]] = {
    "let_expire": S3Store.let_expire,
    "retain": S3Store.retain,
}

# Another server only where one is named: 118 skipped tests would hide the others.
REAL_ENDPOINT = "LETTERBOX_S3_ENDPOINT"
S3_STORES = ["moto", "prefixed"] + ["real"] * (REAL_ENDPOINT in os.environ)
