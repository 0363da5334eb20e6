"""Where everything lies in the store: the one place that spells its keys."""

import re

from letterbox.domain.ids import key_part

INBOX = "inbox/"
APPLICATIONS = "applications/"
ARCHIVE = "archive/"
CANDIDATES = "candidates/"
ERASED = "erased/"
HOLDS = "holds/"
LAST_AUDIT = "audit/last.json"
DELIVERY_DISABLED = "delivery/disabled.json"
OWED = "delivery/owed/"
CATALOGUE = "positions/catalogue.json"
CATALOGUE_STATUS = "positions/status.json"
IMPORT_LEASE = "positions/importing.json"
REFUSED_REFERENCES = "positions/refused/"
POSITIONS = "positions/references/"

_VARIANT = re.compile(r"~[0-9a-f]{16}\.json$")


def inbox(application_id: str) -> str:
    """Prefix of what was accepted for an application and not yet taken over."""
    return f"{INBOX}{key_part(application_id)}/"


def inbox_record(application_id: str, fingerprint: str) -> str:
    """One delivery, accepted and not yet taken over by a workflow."""
    return f"{inbox(application_id)}{fingerprint}.json"


def application(application_id: str) -> str:
    """Prefix of all that is kept of an application while it is open."""
    return f"{APPLICATIONS}{key_part(application_id)}/"


def record(application_id: str) -> str:
    """Return the key of the canonical record."""
    return f"{application(application_id)}application.json"


def sources(application_id: str) -> str:
    """Prefix of what the board said, once it was taken over."""
    return f"{application(application_id)}source/"


def source(application_id: str, number: int) -> str:
    """Keep what the board said, as it said it; numbered from 1."""
    return f"{sources(application_id)}{number}.json"


def document(application_id: str, name: str) -> str:
    """Name a document by its content: ``<sha256>.<ext>``."""
    return f"{application(application_id)}documents/{name}"


def quarantine(application_id: str) -> str:
    """Prefix of the documents that a virus scanner objects to."""
    return f"{application(application_id)}quarantine/"


def quarantined(application_id: str, name: str) -> str:
    """Name a document that a virus scanner objects to: kept, and not served."""
    return f"{quarantine(application_id)}{name}"


def released(application_id: str, name: str) -> str:
    """Tell why a document that was in quarantine is none for it."""
    return f"{application(application_id)}released/{name}.json"


def looking(application_id: str, name: str) -> str:
    """Mark a document for as long as a step looks into it; an empty object."""
    return f"{application(application_id)}looking/{name}"


def archive(application_id: str) -> str:
    """Return the key of the zipped BagIt bag."""
    return f"{ARCHIVE}{key_part(application_id)}.zip"


def tombstone(application_id: str) -> str:
    """Tell that an application was erased, and when; nothing of the candidate."""
    return f"{ERASED}{key_part(application_id)}.json"


def hold(application_id: str) -> str:
    """Tell why, and until when, an application must not be deleted."""
    return f"{HOLDS}{key_part(application_id)}.json"


def owed(application_id: str) -> str:
    """Keep what the ATS is owed of an application that has no record any more."""
    return f"{OWED}{key_part(application_id)}.json"


def candidate(digest: str) -> str:
    """Prefix of the markers of one person's applications, open or archived."""
    return f"{CANDIDATES}{digest}/"


def marker(digest: str, application_id: str) -> str:
    """One application of a person: an empty object."""
    return f"{candidate(digest)}{key_part(application_id)}"


def positions(reference: str) -> str:
    """Prefix of the positions, one a hirer, that share a normalised reference."""
    return f"{POSITIONS}{_folder(reference)}/"


def position(reference: str, hirer: str | None, variant: str = "") -> str:
    """
    One position, by its normalised reference and its hirer.

    ``variant`` tells it from another that is spelled in another case.
    """
    if not variant:
        return f"{positions(reference)}{position_name(hirer)}"
    return f"{positions(reference)}{_owner(hirer)}~{variant}.json"


def position_name(hirer: str | None) -> str:
    """Last part of a position's key, the same for all positions of a hirer."""
    return f"{_owner(hirer)}.json"


def without_variant(name: str) -> str:
    """Tell the last part that a position's key would have without its variant."""
    return _VARIANT.sub(".json", name)


def aliases(kind: str, alias: str) -> str:
    """Prefix of the pointers to positions known by another, normalised name."""
    return f"positions/aliases/{kind}/{_folder(alias)}/"


def alias(
    kind: str, name: str, reference: str, hirer: str | None, variant: str = ""
) -> str:
    """One pointer from an alias to the position's document."""
    pointed_to = key_part(f"{_owner(hirer)}/{reference}")
    which = f"~{variant}" if variant else ""
    return f"{aliases(kind, name)}{pointed_to}{which}.json"


def waiting_removals(hirer: str | None) -> str:
    """Keep what the feed of a hirer no longer names and is not removed yet."""
    return f"positions/waiting/{_owner(hirer)}.json"


def refused_references(board: str) -> str:
    """Keep which references a board asked for in vain."""
    return f"{REFUSED_REFERENCES}{key_part(board)}.json"


def _owner(hirer: str | None) -> str:
    return "any" if hirer is None else f"of-{key_part(hirer)}"


def _folder(name: str) -> str:
    # A part of a key cannot be "." or "..", and a reference can.
    return name.replace(".", "%2E") if name in {".", ".."} else key_part(name)
