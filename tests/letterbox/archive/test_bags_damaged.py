"""Archives that are not what was packed: DamagedError, and nothing is written."""

import errno
from io import BytesIO
from pathlib import Path
from typing import Self
from zipfile import ZipFile

import bagit as library_of_congress
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from letterbox.archive import bagit
from letterbox.archive.archives import BagArchives
from letterbox.archive.reader import BagReader
from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.records.holds import StoredHolds
from letterbox.storage.directory import DirectoryStore
from tests.letterbox.archive.packing import (
    archive_of,
    described,
    directory,
    invented,
    keep_open,
    zipped,
)

RECORD = invented("careerjet:1")
KEY = keys.archive(RECORD.id)
RECORD_FILE = {bagit.RECORD: RECORD.model_dump_json().encode()}
BAG = described({**RECORD_FILE, "data/source/1.json": b"{}"})


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    return directory(tmp_path)


@pytest.fixture(name="archives")
def _archives(store: DirectoryStore) -> BagArchives:
    return BagArchives(store, StoredHolds(store))


@pytest.fixture(name="archive", scope="module")
def _archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Pack a small application once."""
    store = directory(tmp_path_factory.mktemp("packed"))
    keep_open(store, RECORD, {"source/1.json": b"{}", "documents/a.pdf": b"%PDF-1.4"})
    BagArchives(store, StoredHolds(store)).pack(RECORD)
    return store.get(KEY)


def contents(archive: bytes) -> dict[str, bytes]:
    """Read an archive through the reader that is tested, after a check of it all."""
    bag = BagReader(BytesIO(archive), KEY)
    bag.check()
    return {path: bag.read(path) for path in bag.paths}


def slices(archive: bytes) -> dict[str, slice]:
    """Tell where in an archive each file lies: they are stored as they are."""
    with ZipFile(BytesIO(archive)) as table:
        starts = {
            one.filename.partition("/")[2]: (
                one.header_offset + 30 + len(one.filename.encode()),
                one.file_size,
            )
            for one in table.infolist()
        }
    return {path: slice(at, at + size) for path, (at, size) in starts.items()}


class FailingDisk(BytesIO):
    """A file that the disk does not give from a place on, or from its end."""

    def __init__(self, content: bytes, code: int) -> None:
        super().__init__(content)
        self.code: int | None = None
        self._then = code

    def fail(self) -> Self:
        """Give nothing from now on."""
        self.code = self._then
        return self

    def read(self, size: int | None = -1) -> bytes:
        """Read, as long as the disk works."""
        if self.code is not None:
            raise OSError(self.code, "the disk fails")
        return super().read(size)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOMEM, errno.ESTALE])
def test_a_disk_that_fails_is_no_damaged_archive(archive: bytes, code: int) -> None:
    """Read again the archive may be whole: nothing may be packed in its place."""
    disk = FailingDisk(archive, code)
    bag = BagReader(disk, KEY)
    disk.fail()

    with pytest.raises(OSError, match="the disk fails"):
        bag.check()
    with pytest.raises(OSError, match="the disk fails"):
        bag.intact_files()
    with pytest.raises(OSError, match="the disk fails"):
        BagReader(FailingDisk(archive, code).fail(), KEY)


def test_an_archive_made_by_hand_is_whole_before_it_is_damaged() -> None:
    """What the tests below spoil is good before."""
    assert contents(archive_of(BAG)) == BAG
    assert contents(sealed({})) == BAG


def test_a_change_of_any_file_of_a_bag_is_found(archive: bytes, tmp_path: Path) -> None:
    """Wherever in a file a byte is flipped, we find it, and so does the validator."""
    whole = slices(archive)
    assert len(whole) == 7

    for number, (path, where) in enumerate(whole.items()):
        spoiled = bytearray(archive)
        spoiled[where.start] ^= 1
        bag = tmp_path / str(number)
        for name, part in whole.items():
            (bag / name).parent.mkdir(parents=True, exist_ok=True)
            (bag / name).write_bytes(spoiled[part])

        with pytest.raises(DamagedError):
            contents(bytes(spoiled))
        # It reads the declaration, and lets the last manifest list nothing.
        if path not in {bagit.BAGIT, bagit.TAG_MANIFEST}:
            with pytest.raises(library_of_congress.BagError):
                library_of_congress.Bag(str(bag)).validate()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_change_of_an_archives_bytes_is_damage_or_harmless(
    archive: bytes, data: st.DataObject
) -> None:
    """Whatever becomes of its bytes, an archive is as it was or it is damaged."""
    at = data.draw(st.integers(0, len(archive) - 1))
    spoiled = data.draw(
        st.sampled_from(
            [
                archive[:at],
                archive[at:],
                archive[:at] + bytes([archive[at] ^ 0x80]) + archive[at + 1 :],
                archive[:at] + bytes([archive[at] ^ 0x01]) + archive[at + 1 :],
                archive[:at] + archive[at + 1 :],
                archive[:at] + b"\xff\xff\xff\xff" + archive[at + 4 :],
                archive[:at] + archive,
            ]
        )
    )

    try:
        found = contents(spoiled)
    except DamagedError:
        return

    assert found == contents(archive)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
@example(b"")
@example(b"PK\x05\x06" + bytes(18))
def test_what_is_no_zip_is_damaged(body: bytes) -> None:
    """Any bytes at all are an archive or damage."""
    with pytest.raises(DamagedError):
        contents(body)


def without(path: str) -> bytes:
    """Leave a file out of the zip, and all else as it was."""
    return archive_of({name: body for name, body in BAG.items() if name != path})


def sealed(tags: dict[str, bytes], *omitted: str) -> bytes:
    """Put other tag files in the place of the bag's, and list them correctly."""
    all_tags = {path: BAG[path] for path in bagit.TAGGED} | tags
    tags = {path: body for path, body in all_tags.items() if path not in omitted}
    # described() lists whatever it is given.
    seal = described(tags)[bagit.MANIFEST]
    payload = {path: body for path, body in BAG.items() if path.startswith("data/")}
    return archive_of({**payload, **tags, bagit.TAG_MANIFEST: seal})


def listing(manifest: bytes) -> bytes:
    """Put another manifest in the place of the payload's, and list it correctly."""
    return sealed({bagit.MANIFEST: manifest})


SPOILED = {
    "no bag at all": zipped([]),
    "another folder": archive_of(BAG, folder="careerjet:2"),
    "no folder": zipped(list(BAG.items())),
    "two folders": zipped(
        [(f"careerjet:1/{path}", body) for path, body in BAG.items()] + [("b/c", b"")]
    ),
    "a file missing": without("data/source/1.json"),
    "the record missing": archive_of(described({"data/source/1.json": b"{}"})),
    "no declaration": without(bagit.BAGIT),
    "no description": without(bagit.BAG_INFO),
    "no manifest": without(bagit.MANIFEST),
    "no last manifest": without(bagit.TAG_MANIFEST),
    "a file too many": archive_of({**BAG, "data/more": b""}),
    "a tag file too many": archive_of({**BAG, "fetch.txt": b""}),
    "another version": sealed({bagit.BAGIT: b"BagIt-Version: 0.97\n"}),
    "another description": archive_of({**BAG, bagit.BAG_INFO: b"A: b\n"}),
    "a description that is not listed": sealed({}, bagit.BAG_INFO),
    "a tag file listed too many": sealed({"fetch.txt": b""}),
    "a record that cannot be read": archive_of(described({bagit.RECORD: b"{}"})),
    "a record of another": archive_of(
        described({bagit.RECORD: invented("seek:1").model_dump_json().encode()})
    ),
    "another's manifest": listing(described({bagit.RECORD: b"{}"})[bagit.MANIFEST]),
    "an empty manifest": listing(b""),
    "a manifest cut short": listing(BAG[bagit.MANIFEST][:-1]),
    "a manifest that is no text": listing(b"\xff\n"),
    "a manifest that is none": listing(b"a list of files\n"),
    "a manifest that lists twice": listing(described(RECORD_FILE)[bagit.MANIFEST] * 2),
    "a manifest that lists outside": archive_of(
        described({**RECORD_FILE, "outside": b""})
    ),
}
HOSTILE = [
    "../outside",
    "data/../../outside",
    "/outside",
    "data//outside",
    "data/./outside",
    "data/",
    "data/" + "x" * 256,
    "data/|outside",
    "data/in|outside",
]


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED)
def test_what_is_no_bag_of_ours_is_damaged(
    store: DirectoryStore, archives: BagArchives, tmp_path: Path, spoiled: bytes
) -> None:
    """It is not unpacked, and no folder is made for it."""
    store.put(KEY, spoiled)

    with pytest.raises(DamagedError):
        archives.unpack(RECORD.id, tmp_path / "unpacked")

    assert not (tmp_path / "unpacked").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_a_name_twice_is_damaged(
    store: DirectoryStore, archives: BagArchives, tmp_path: Path
) -> None:
    """Programs differ in which of the two they read."""
    files = [(f"careerjet:1/{path}", body) for path, body in BAG.items()]
    store.put(KEY, zipped([(f"careerjet:1/{bagit.RECORD}", b"{}"), *files]))

    with pytest.raises(DamagedError):
        archives.record(RECORD.id)
    with pytest.raises(DamagedError):
        archives.unpack(RECORD.id, tmp_path / "unpacked")


@pytest.mark.parametrize("name", HOSTILE)
def test_an_archive_whose_names_lead_out_of_its_folder_is_damaged(
    store: DirectoryStore, archives: BagArchives, tmp_path: Path, name: str
) -> None:
    """Even where every manifest vouches for it."""
    hostile = archive_of(described({**RECORD_FILE, name: b"hostile"}))
    # zipfile writes no NUL.
    store.put(KEY, hostile.replace(b"|", b"\0"))

    with pytest.raises(DamagedError, match="a name"):
        archives.unpack(RECORD.id, tmp_path / "a" / "unpacked")

    assert not list(tmp_path.rglob("*outside*"))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "spoiled",
    [
        SPOILED["the record missing"],
        SPOILED["another's manifest"],
        SPOILED["no last manifest"],
        SPOILED["a record that cannot be read"],
        SPOILED["a record of another"],
        b"",
    ],
)
def test_an_archive_with_another_record_is_damaged(
    store: DirectoryStore, archives: BagArchives, spoiled: bytes
) -> None:
    """A record that the manifests do not vouch for is not believed."""
    store.put(KEY, spoiled)

    with pytest.raises(DamagedError):
        archives.record(RECORD.id)
