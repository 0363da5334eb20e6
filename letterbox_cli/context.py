"""What many commands start from: the configured store, and our own address."""

import sys

from letterbox import resources
from letterbox.domain.ports import ObjectStore
from letterbox.settings import Settings, load_settings


def open_store() -> ObjectStore:
    """Open the configured store for reading; nothing is made."""
    log_to_stderr()
    return resources.open_store(load_settings())


def ready_store() -> ObjectStore:
    """Open the configured store for writing; what it lacks is made."""
    from letterbox_cli.missing_store import refuse_vanished

    store = open_store()
    refuse_vanished(store, load_settings())
    store.prepare()
    return store


def log_to_stderr() -> None:
    """Keep what is logged on the way out of what a command prints."""
    import structlog

    def logger(*_: object) -> structlog.PrintLogger:
        return structlog.PrintLogger(sys.stderr)

    if not structlog.is_configured():
        structlog.configure(logger_factory=logger)


def apply_url(settings: Settings, board: str) -> str:
    """Return where a board posts its applications on this machine."""
    return f"http://{settings.api_host}:{settings.api_port}/apply/{board}"
