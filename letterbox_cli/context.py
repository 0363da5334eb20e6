"""What every command starts from."""

from letterbox import resources
from letterbox.domain.ports import ObjectStore
from letterbox.settings import Settings, load_settings


def open_store() -> ObjectStore:
    """Open the configured store as it is: who only reads makes nothing."""
    return resources.open_store(load_settings())


def ready_store() -> ObjectStore:
    """Open the configured store, made ready for what is to be written."""
    store = open_store()
    store.prepare()
    return store


def apply_url(settings: Settings, board: str) -> str:
    """Tell where a board posts its applications on this machine."""
    return f"http://{settings.api_host}:{settings.api_port}/apply/{board}"
