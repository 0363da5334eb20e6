"""The verbs of ``ObjectStore`` by their names, for what is asked of each."""

from collections.abc import Callable

from letterbox.domain.ports import ObjectStore

VERBS: dict[str, Callable[[ObjectStore, str], object]] = {
    "put": lambda store, key: store.put(key, b"body"),
    "get": lambda store, key: store.get(key),
    "get_start": lambda store, key: store.get_start(key, 9),
    "open": lambda store, key: store.open(key).__enter__(),
    "stat": lambda store, key: store.stat(key),
    "delete": lambda store, key: store.delete(key),
    "list": lambda store, key: list(store.list(f"{key}/")),
    "remove_unfinished": lambda store, key: store.remove_unfinished(key),
}
EXPIRY: dict[str, Callable[[ObjectStore, str], object]] = {
    "let_expire": lambda store, key: store.let_expire(key),
    "keep": lambda store, key: store.keep(key),
}
