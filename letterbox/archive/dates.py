"""The dates of an archive's record, from the archive's first bytes alone."""

from struct import Struct
from struct import error as StructError  # noqa: N812 an error's name
from zlib import crc32

from pydantic import AwareDatetime, BaseModel, ValidationError

from letterbox.archive import bagit
from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore

# A local file header of a zip: signature, version, flags, method, time, date, CRC,
# packed and plain size, lengths of the name and of what follows it.
_HEADER = Struct("<4s5H3I2H")
_SIGNATURE = b"PK\3\4"
_ENCRYPTED_OR_SIZED_LATER = 0x9
_STORED = 0
# Most records are a tenth of this; a long letter makes a longer one.
_FIRST = 16 * 1024
_MAX = 4 * 1024 * 1024


class Dates(BaseModel):
    """What a record says of when it came and was to be archived, and whose it is."""

    id: str
    received_at: AwareDatetime
    archive_by: AwareDatetime


def read_dates(store: ObjectStore, key: str) -> Dates | None:
    """
    Read the dates of the record at the head of an archive, as our writer has it.

    None where the first bytes are anything else: then the whole must be read. Checked
    by the zip's own CRC and no more: who removes something looks closer before.
    """
    head = store.get_start(key, _FIRST)
    end = _end(head)
    if end is not None and len(head) < end <= _MAX:
        head = store.get_start(key, end)
    return None if end is None or len(head) < end else _dates(head, key)


def _end(head: bytes) -> int | None:
    """Return where the first member ends, if it is plainly stored."""
    try:
        signature, _, flags, method, *_, packed, size, name, extra = (
            _HEADER.unpack_from(head)
        )
    except StructError:
        return None
    is_plain = method == _STORED and not flags & _ENCRYPTED_OR_SIZED_LATER
    if signature != _SIGNATURE or not is_plain or packed != size:
        return None
    return int(_HEADER.size + name + extra + size)


def _dates(head: bytes, key: str) -> Dates | None:
    *_, crc, _, size, name_length, extra = _HEADER.unpack_from(head)
    after_name = _HEADER.size + name_length
    body = head[after_name + extra : after_name + extra + size]
    if not head[_HEADER.size : after_name].endswith(f"/{bagit.RECORD}".encode()):
        return None
    if crc32(body) != crc:
        return None
    try:
        dates = Dates.model_validate_json(body)
    except ValidationError:
        return None
    return dates if keys.archive(dates.id) == key else None
