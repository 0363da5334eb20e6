"""Whether the ATS wants nothing more: its address has answered 410 for an hour."""

from datetime import UTC, datetime
from hashlib import sha256

from pydantic import AwareDatetime, BaseModel, ValidationError

from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore


class _Disabled(BaseModel):
    """The digest stands for the address, in which there may be a secret."""

    url_sha256: str
    since: AwareDatetime


class DeliverySwitch:
    """
    Remembers that nothing is to be delivered to an address. Blocking.

    Another address is another ATS, to which deliveries go.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def disabled(self, url: str | None) -> bool:
        """
        Return whether this very address was disabled; None: whether any was.

        What cannot be read disables none: an ATS that wants nothing says so again.
        """
        try:
            body = self._store.get(keys.DELIVERY_DISABLED)
            disabled = _Disabled.model_validate_json(body)
        except (FileNotFoundError, ValidationError):
            return False
        return url is None or disabled.url_sha256 == _digest(url)

    def disable(self, url: str) -> None:
        """Note that nothing is delivered to an address until ``enable``."""
        disabled = _Disabled(url_sha256=_digest(url), since=datetime.now(UTC))
        self._store.put(keys.DELIVERY_DISABLED, disabled.model_dump_json().encode())

    def enable(self) -> None:
        """Deliver again; harmless where nothing is disabled."""
        self._store.delete(keys.DELIVERY_DISABLED)


def _digest(url: str) -> str:
    return sha256(url.encode()).hexdigest()
