"""A BagIt bag, written into a zip file as it comes: nothing is held in memory."""

from collections.abc import Iterable
from typing import BinaryIO, Self
from zipfile import ZipFile, ZipInfo

from letterbox.archive import bagit
from letterbox.domain.application import Application
from letterbox.streams import copy

# Every archive of the same is the same, byte by byte.
_TIME = (1980, 1, 1, 0, 0, 0)


class BagWriter:
    """
    Writes a bag as the one folder of a zip file.

    Stored, not deflated: what a CV comes in is compressed already, and another
    build of zlib would give other bytes.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._zip = ZipFile(file, "w")
        self._name = name
        self._payload: dict[str, str] = {}
        self._octets = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, path: str, size: int, chunks: Iterable[bytes]) -> None:
        """Add a file of the payload; its size as far as it is known before."""
        digest, octets = self._write(f"{bagit.PAYLOAD}{path}", size, chunks)
        self._payload[f"{bagit.PAYLOAD}{path}"] = digest
        self._octets += octets

    def seal(self, record: Application) -> bytes:
        """Write what describes the payload; return the manifest that covers all."""
        info = bagit.bag_info(record, octets=self._octets, files=len(self._payload))
        tags = {
            bagit.BAGIT: bagit.DECLARATION,
            bagit.BAG_INFO: info,
            bagit.MANIFEST: bagit.manifest(self._payload),
        }
        digests = {path: self._tag(path, text.encode()) for path, text in tags.items()}
        seal = bagit.manifest(digests).encode()
        self._tag(bagit.TAG_MANIFEST, seal)
        return seal

    def _tag(self, path: str, body: bytes) -> str:
        return self._write(path, len(body), [body])[0]

    def _write(self, path: str, size: int, chunks: Iterable[bytes]) -> tuple[str, int]:
        member = ZipInfo(f"{self._name}/{path}", _TIME)
        member.file_size = size
        with self._zip.open(member, "w") as target:
            return copy(chunks, target)
