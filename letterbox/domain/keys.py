"""Where everything lies in the store: the one place that spells its keys."""

import re
from datetime import date
from hashlib import sha256

from letterbox.domain.ids import from_key_part, key_part

INBOX = "inbox/"
INBOX_FOLDERS = tuple(f"{INBOX}{number:02x}" for number in range(256))
"""Made once: what is accepted is written into a folder that is there."""
APPLICATIONS = "applications/"
ARCHIVE = "archive/"
CANDIDATES = "candidates/"
ERASED = "erased/"
HOLDS = "holds/"
LAST_AUDIT = "audit/last.json"
DELIVERY_DISABLED = "delivery/disabled.json"
DELIVERY_PRESENT = "delivery/present.json"
OWED = "delivery/owed/"
CATALOGUE = "positions/catalogue.json"
CATALOGUE_STATUS = "positions/status.json"
IMPORT_LEASE = "positions/importing.json"
REFUSALS = "refusals/"
REFUSED_REFERENCES = "positions/refused/"
POSITIONS = "positions/references/"

JOURNAL = "journal/"
JOURNAL_NOTES = "notes"
"""In place of an application's folder: what the journal says of itself."""

_DELIVERY = ".zip"
# File systems take names of 255 bytes.
_INBOX_NAME = 255 - len(_DELIVERY)
_VARIANT = re.compile(r"~[0-9a-f]{16}\.json$")


def inbox(application_id: str) -> str:
    """Return how the names begin of what no workflow has taken over yet."""
    return inbox_of(key_part(application_id))


def inbox_of(part: str) -> str:
    """Return the same for what stands for an application's id in keys."""
    identifier = from_key_part(part)
    if identifier is None:
        digest = part.rpartition("~")[2]  # The beginning of the id's own.
    else:
        digest = sha256(identifier.encode()).hexdigest()
    return f"{INBOX}{digest[:2]}/{part}~"


def inbox_record(application_id: str, fingerprint: str) -> str:
    """Return the key of a submission that no workflow has taken over yet."""
    return inbox_record_of(key_part(application_id), fingerprint)


def inbox_record_of(part: str, fingerprint: str) -> str:
    """Return the same for what stands for an application's id in keys."""
    folder, _, beginning = inbox_of(part).rpartition("/")
    # What is too long for a name loses the end of its fingerprint, not all of it.
    return f"{folder}/{f'{beginning}{fingerprint}'[:_INBOX_NAME]}{_DELIVERY}"


def old_inbox_of(part: str) -> str:
    """Return the folder of what releases before 0.3 accepted for an application."""
    return f"{INBOX}{part}/"


def old_inbox_record(application_id: str, fingerprint: str) -> str:
    """Return the key of a submission as releases before 0.3 wrote it."""
    return f"{old_inbox_of(key_part(application_id))}{fingerprint}.json"


def application(application_id: str) -> str:
    """Return the prefix of all there is of an open application."""
    return f"{APPLICATIONS}{key_part(application_id)}/"


def record(application_id: str) -> str:
    """Return the key of the canonical record."""
    return f"{application(application_id)}application.json"


def sources(application_id: str) -> str:
    """Return the prefix of what the board said, once it was taken over."""
    return f"{application(application_id)}source/"


def source(application_id: str, number: int) -> str:
    """Return the key of what the board said, as it said it; numbered from 1."""
    return f"{sources(application_id)}{number}.json"


def demographics(application_id: str, number: int) -> str:
    """Return the key of what a view told of what its candidate is, kept apart."""
    which = "" if number == 1 else f"-{number}"
    return f"{application(application_id)}demographics{which}.json"


def document(application_id: str, name: str) -> str:
    """Return the key of a document, ``name`` is ``<sha256>.<ext>``."""
    return f"{application(application_id)}documents/{name}"


def document_text(application_id: str, digest: str) -> str:
    """Return the key of the text of a document, which is made again if it is lost."""
    return f"{application(application_id)}texts/{digest}.txt"


def quarantine(application_id: str) -> str:
    """Return the prefix of the documents that a virus scanner objects to."""
    return f"{application(application_id)}quarantine/"


def quarantined(application_id: str, name: str) -> str:
    """Return the key of a document that a virus scanner objects to."""
    return f"{quarantine(application_id)}{name}"


def released(application_id: str, name: str) -> str:
    """Return the key of the reason why a document was released from quarantine."""
    return f"{application(application_id)}released/{name}.json"


def looking(application_id: str, name: str) -> str:
    """Return the key of the mark, an empty object, of a look into a document."""
    return f"{application(application_id)}looking/{name}"


def archive(application_id: str) -> str:
    """Return the key of the zipped BagIt bag."""
    return f"{ARCHIVE}{key_part(application_id)}.zip"


def tombstone(application_id: str) -> str:
    """Return the key of a tombstone; nothing of the candidate is in it."""
    return f"{ERASED}{key_part(application_id)}.json"


def hold(application_id: str) -> str:
    """Return the key of a legal hold."""
    return f"{HOLDS}{key_part(application_id)}.json"


def owed(application_id: str) -> str:
    """Return the key of what the ATS is owed of an application without a record."""
    return f"{OWED}{key_part(application_id)}.json"


def candidate(digest: str) -> str:
    """Return the prefix of the markers of one person's applications."""
    return f"{CANDIDATES}{digest}/"


def marker(digest: str, application_id: str) -> str:
    """Return the key of a marker, an empty object, of one application of a person."""
    return f"{candidate(digest)}{key_part(application_id)}"


def positions(reference: str) -> str:
    """Return the prefix of the positions, one a hirer, of a normalised reference."""
    return f"{POSITIONS}{_folder(reference)}/"


def position(reference: str, hirer: str | None, variant: str = "") -> str:
    """
    Return the key of a position, by its normalised reference and its hirer.

    ``variant`` tells it from another that is spelled in another case.
    """
    if not variant:
        return f"{positions(reference)}{position_name(hirer)}"
    return f"{positions(reference)}{_owner(hirer)}~{variant}.json"


def position_name(hirer: str | None) -> str:
    """Return the last part of a position's key, the same for all of a hirer."""
    return f"{_owner(hirer)}.json"


def without_variant(name: str) -> str:
    """Return the last part that a position's key would have without its variant."""
    return _VARIANT.sub(".json", name)


def aliases(kind: str, alias: str) -> str:
    """Return the prefix of the pointers from another, normalised name."""
    return f"positions/aliases/{kind}/{_folder(alias)}/"


def alias(
    kind: str, name: str, reference: str, hirer: str | None, variant: str = ""
) -> str:
    """Return the key of a pointer from an alias to the position's document."""
    pointed_to = key_part(f"{_owner(hirer)}/{reference}")
    which = f"~{variant}" if variant else ""
    return f"{aliases(kind, name)}{pointed_to}{which}.json"


def lesson(kind: str, name: str) -> str:
    """Return the key of what a board has told that one of its ids stands for."""
    return f"positions/lessons/{kind}/{_folder(name)}.json"


def waiting_removals(hirer: str | None) -> str:
    """Return the key of what a hirer's feed no longer names and is not removed yet."""
    return f"positions/waiting/{_owner(hirer)}.json"


def journal(day: date) -> str:
    """Return the prefix of what was done on a day, in UTC."""
    return f"{JOURNAL}{day.isoformat()}/"


def journal_notes(day: date) -> str:
    """Return the prefix of what the journal says of itself on a day."""
    return f"{journal(day)}{JOURNAL_NOTES}/"


def journal_about(day: date, application_id: str) -> str:
    """Return a prefix that the entries about an application share with others."""
    return f"{journal(day)}{sha256(application_id.encode()).hexdigest()[:2]}/"


def refusals_of(day: date) -> str:
    """Return the folder of what was refused on a day."""
    return f"{REFUSALS}{day.isoformat()}/"


def refusals(day: date, writer: str) -> str:
    """Return the key of what one process has refused on a day."""
    return f"{refusals_of(day)}{writer}.json"


def refused_references(board: str) -> str:
    """Return the key of the references that a board asked for in vain."""
    return f"{REFUSED_REFERENCES}{key_part(board)}.json"


def _owner(hirer: str | None) -> str:
    return "any" if hirer is None else f"of-{key_part(hirer)}"


def _folder(name: str) -> str:
    # A part of a key cannot be "." or "..", and a reference can.
    return name.replace(".", "%2E") if name in {".", ".."} else key_part(name)
