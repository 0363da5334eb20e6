"""Archives: packed into either store, valid for others, and read again."""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4
from zipfile import ZipFile

import bagit as library_of_congress
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letterbox.archive import bagit
from letterbox.archive.archives import BagArchives
from letterbox.archive.bagit import folder_name
from letterbox.archive.reader import archive_name
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError
from letterbox.domain.ids import application_id as name_of
from letterbox.domain.ports import ObjectStore
from letterbox.records.holds import StoredHolds
from letterbox.storage.directory import DirectoryStore
from tests.letterbox.archive.packing import (
    archive_of,
    described,
    directory,
    invented,
    keep_open,
)
from tests.letterbox.conftest import tidy

MIB = 1024 * 1024
FILES = {
    "source/1.json": b'{"firstname": "Ada"}',
    "source/2.json": b'{"firstname": "Ada", "more": true}',
    f"documents/{'a' * 64}.pdf": b"%PDF-1.4 the CV of Ada Example",
    f"documents/{'b' * 64}.bin": b"",
    f"quarantine/{'c' * 64}.docx": b"PK infected",
}
NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0"),
    min_size=1,
    max_size=60,
).filter(lambda name: name not in {".", ".."})


@pytest.fixture(name="record")
def _record(store: ObjectStore) -> Iterator[Application]:
    """Keep an application open; a real bucket is left as it was found."""
    record = invented(f"careerjet:{uuid4()}")
    keep_open(store, record, FILES)
    yield record
    tidy(store, keys.application(record.id))
    tidy(store, keys.archive(record.id))


@pytest.fixture(name="archives")
def _archives(store: ObjectStore) -> BagArchives:
    return BagArchives(store, StoredHolds(store))


def unzipped(store: ObjectStore, record: Application, folder: Path) -> Path:
    """Unzip an archive as anybody would, and give the one folder there is."""
    with ZipFile(BytesIO(store.get(keys.archive(record.id)))) as archive:
        archive.extractall(folder)
    [bag] = folder.iterdir()
    return bag


def payload(bag: Path) -> dict[str, bytes]:
    """Read the files of an unpacked bag's payload."""
    data = bag / "data"
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file()
    }


def expected(record: Application) -> dict[str, bytes]:
    """Tell what must be in the payload."""
    return {"application.json": record.model_dump_json(indent=1).encode(), **FILES}


def test_an_archive_validates_without_this_software(
    store: ObjectStore, archives: BagArchives, record: Application, tmp_path: Path
) -> None:
    """Unzipped, it is one folder, a valid bag, with all that there was."""
    packed = archives.pack(record)

    bag = unzipped(store, record, tmp_path / "unzipped")
    assert library_of_congress.Bag(str(bag)).validate()
    assert bag.name == record.id.replace(":", "%3A")
    assert payload(bag) == expected(record)
    assert packed.size == store.stat(keys.archive(record.id)).size
    assert packed.files == len(expected(record))


def test_bag_info_describes_the_application_and_not_the_candidate(
    store: ObjectStore, archives: BagArchives, record: Application, tmp_path: Path
) -> None:
    """Ids and dates of the record, in the fields that archivists look for."""
    archives.pack(record)

    bag = unzipped(store, record, tmp_path / "unzipped")
    size = sum(map(len, payload(bag).values()))
    assert library_of_congress.Bag(str(bag)).info == {
        "Source-Organization": "careerjet",
        "External-Identifier": record.id,
        "Letterbox-Applied-At": "2026-03-01T09:30:00+00:00",
        "Letterbox-Received-At": "2026-03-01T09:30:00+00:00",
        "Letterbox-Archive-By": "2026-08-14T09:30:00+00:00",
        "Letterbox-Window-End": "2026-08-28T09:30:00+00:00",
        "Payload-Oxum": f"{size}.{packed_files(bag)}",
        "Bag-Software-Agent": "letterbox",
    }
    assert b"Ada" not in (bag / "bag-info.txt").read_bytes()


def packed_files(bag: Path) -> int:
    """Count the files of a payload."""
    return len(payload(bag))


def test_packing_an_application_again_writes_the_same_archive(
    store: ObjectStore, archives: BagArchives, record: Application
) -> None:
    """One who was killed before he could tell does it again; the hot copy stays."""
    before = {
        one.key: store.get(one.key) for one in store.list(keys.application(record.id))
    }
    first = archives.pack(record)
    archive = store.get(keys.archive(record.id))

    assert archives.pack(record) == first
    assert store.get(keys.archive(record.id)) == archive
    after = {
        one.key: store.get(one.key) for one in store.list(keys.application(record.id))
    }
    assert after == before


def test_a_packed_record_is_read_from_its_archive(
    store: ObjectStore, archives: BagArchives, record: Application, tmp_path: Path
) -> None:
    """Verified, read and unpacked from the archive alone."""
    packed = archives.pack(record)
    for one in list(store.list(keys.application(record.id))):
        store.delete(one.key)

    assert archives.record(record.id) == record
    assert archives.unpack(record.id, tmp_path / "new" / "folder") == packed
    bag = tmp_path / "new" / "folder"
    assert library_of_congress.Bag(str(bag)).validate()
    assert payload(bag) == expected(record)


def test_a_flipped_byte_in_an_archive_is_found(
    store: ObjectStore, archives: BagArchives, record: Application, tmp_path: Path
) -> None:
    """In either store, what comes back otherwise than it was put is damage."""
    archives.pack(record)
    key = keys.archive(record.id)
    body = bytearray(store.get(key))
    body[body.index(b"the CV of")] ^= 1
    store.put(key, bytes(body))

    with pytest.raises(DamagedError):
        archives.unpack(record.id, tmp_path / "new")

    assert archives.record(record.id) == record, "the record itself is whole"


def test_an_absent_archive_is_not_found(
    archives: BagArchives, record: Application, tmp_path: Path
) -> None:
    """An absence is no damage."""
    verbs: list[Callable[[], object]] = [
        lambda: archives.record(record.id),
        lambda: archives.unpack(record.id, tmp_path / "new"),
    ]

    for verb in verbs:
        with pytest.raises(FileNotFoundError):
            verb()

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "application_id",
    [
        "careerjet:50% off/today",
        "careerjet:" + "é" * 90,
        "careerjet:" + "x" * 180,
        "careerjet:line\nbreak",
        "careerjet:..",
    ],
)
def test_an_id_of_any_characters_makes_a_portable_bag_folder(
    tmp_path: Path, application_id: str
) -> None:
    """Whatever a board calls it, the bag unzips and validates."""
    store = directory(tmp_path)
    record = invented(application_id)
    keep_open(store, record, FILES)
    archives = BagArchives(store, StoredHolds(store))

    archives.pack(record)

    bag = unzipped(store, record, tmp_path / "unzipped")
    assert library_of_congress.Bag(str(bag)).validate()
    assert archives.record(application_id) == record


FORBIDDEN_ON_WINDOWS = set('<>:"/\\|?*')


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=220))
def test_the_folder_of_an_archive_can_be_made_on_windows(board_id: str) -> None:
    """No character, end or length that Windows refuses; two ids, two folders."""
    key, other = (
        keys.archive(name_of("careerjet", given))
        for given in (board_id, f"{board_id}.")
    )

    name = folder_name(archive_name(key))

    assert not FORBIDDEN_ON_WINDOWS & set(name)
    assert name.isascii()
    assert name.isprintable()
    assert not name.endswith((".", " "))
    assert len(name) <= 100
    assert name != folder_name(archive_name(other))


@pytest.mark.parametrize(
    "application_id",
    ["careerjet:1", "careerjet:50% off/today.", "careerjet:" + "x" * 180],
)
def test_an_archive_of_the_first_release_is_still_read(
    tmp_path: Path, application_id: str
) -> None:
    """Its folder had the archive's own name, colon and all."""
    store = directory(tmp_path)
    record = invented(application_id)
    body = record.model_dump_json().encode()
    key = keys.archive(application_id)
    files = described({bagit.RECORD: body, "data/source/1.json": b"{}"})
    store.put(key, archive_of(files, folder=archive_name(key)))
    archives = BagArchives(store, StoredHolds(store))

    archives.unpack(application_id, tmp_path / "unpacked")

    assert archives.record(application_id) == record
    assert (tmp_path / "unpacked" / bagit.RECORD).read_bytes() == body


def test_an_application_without_an_open_copy_is_not_packed(
    store: ObjectStore, archives: BagArchives, record: Application
) -> None:
    """What is left of a hot copy never takes a whole archive's place."""
    archives.pack(record)
    archive = store.get(keys.archive(record.id))
    store.delete(keys.record(record.id))

    with pytest.raises(DamagedError, match="no open copy"):
        archives.pack(record)

    assert store.get(keys.archive(record.id)) == archive


def test_packing_takes_no_more_memory_for_larger_documents(tmp_path: Path) -> None:
    """Forty MiB pass through a few."""
    store = directory(tmp_path)
    record = invented("careerjet:1")
    keep_open(store, record, {f"documents/{'d' * 64}.bin": bytes(40 * MIB)})
    archives = BagArchives(store, StoredHolds(store))

    tracemalloc.start()
    try:
        archives.pack(record)
        archives.unpack(record.id, tmp_path / "unpacked")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 4 * MIB


@contextmanager
def packed(
    files: dict[str, bytes],
) -> Iterator[tuple[DirectoryStore, Application, Path]]:
    """Pack an application in a store of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        store, record = directory(folder), invented("careerjet:1")
        keep_open(store, record, files)
        BagArchives(store, StoredHolds(store)).pack(record)
        yield store, record, folder


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAMES, st.binary(max_size=600_000), max_size=4))
def test_files_of_any_name_and_content_are_unpacked_as_packed(
    documents: dict[str, bytes],
) -> None:
    """Whatever a file's name or size, it is unpacked as it was."""
    files = {f"documents/{name}": body for name, body in documents.items()}
    with packed(files) as (store, record, folder):
        BagArchives(store, StoredHolds(store)).unpack(record.id, folder / "unpacked")

        found = payload(folder / "unpacked")

    assert {path: found[path] for path in files} == files
    assert len(found) == len(files) + 1


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.text("abcdef0123456789.-_ éß漢", min_size=1, max_size=40)
        # The validator strips blanks, and takes no name for another.
        .filter(lambda name: name.strip() == name and name not in {".", ".."}),
        st.binary(max_size=1000),
        max_size=4,
    )
)
def test_the_bagit_validator_reads_escaped_names_as_we_do(
    documents: dict[str, bytes],
) -> None:
    """Names that are not plain validate elsewhere too."""
    files = {f"documents/{name}": body for name, body in documents.items()}
    with packed(files) as (store, record, folder):
        bag = unzipped(store, record, folder / "unzipped")

        assert library_of_congress.Bag(str(bag)).validate()
