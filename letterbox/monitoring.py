"""Reads from the store what is monitored: the inbox, the last audit, the catalogue."""

from itertools import islice

from letterbox.ats.switch import DeliverySwitch
from letterbox.audit.report import load_last_result
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.watching import AuditState, CatalogueState, InboxState

_MAX_WALKED = 10_000
_MAX_KINDS = 100


class StoreWatch:
    """Reads the state of an installation. Blocking; raises StoreUnavailableError."""

    def __init__(self, store: ObjectStore, delivery_url: str | None = None) -> None:
        self._store = store
        self._delivery_url = delivery_url

    def inbox(self) -> InboxState:
        """Count what waits, up to 10,000, and return the oldest of what was counted."""
        depth, oldest = 0, None
        for stored in islice(self._store.list(keys.INBOX), _MAX_WALKED):
            depth += 1
            oldest = min(oldest or stored.modified, stored.modified)
        return InboxState(depth, oldest)

    def audit(self) -> AuditState | None:
        """Return what the last audit found; None if none ran, or none is readable."""
        result = load_last_result(self._store)
        if result is None:
            return None
        findings = dict(islice(sorted(result.findings.items()), _MAX_KINDS))
        return AuditState(result.ran_at, result.fine, findings)

    def is_delivery_disabled(self) -> bool:
        """Read whether the ATS at our address, if we know it, has said 410."""
        return DeliverySwitch(self._store).disabled(self._delivery_url)

    def catalogue(self) -> CatalogueState:
        """Return when the catalogue was last imported, and whether it is whole."""
        catalogue = StoredCatalogue(self._store)
        try:
            return CatalogueState(
                is_whole=catalogue.is_whole(),
                imported_at=catalogue.status().last_import(),
            )
        except DamagedError:
            return CatalogueState(is_whole=False, imported_at=None)
