"""The doctor's word on a real clamd: whether that tells what it has not looked into."""

import asyncio
from pathlib import Path

import pytest

from letterbox.settings import Settings
from letterbox_cli.doctor.scanner import scanner
from tests.clamav import clamd, needs_clamd
from tests.letterbox.scripted_clamd import listening
from tests.letterbox_cli.conftest import Doctor

_FINE = "ok: reports documents that it scanned only in part"
_SILENT = "warning: reports documents as clean that it scanned only in part: set"


@needs_clamd
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("AlertExceedsMax yes", _FINE),
        ("AlertExceedsMax yes\nMaxRecursion 100", _FINE),
        ("AlertExceedsMax no", _SILENT),
        ("AlertEncrypted yes", _SILENT),
    ],
)
def test_a_scanner_that_is_silent_beyond_its_limits_is_warned_of(
    settings: str,
    expected: str,
    tmp_path: Path,
    environment: pytest.MonkeyPatch,
    doctor: Doctor,
) -> None:
    """By a file that is packed more often than clamd unpacks, whatever its limit."""
    with clamd(tmp_path, settings=settings) as running:
        environment.setenv("LETTERBOX_CLAMD", running.socket)
        there, beyond = doctor()["virus scanner"]

    assert there == f"ok: clamd at {running.socket} answers"
    assert beyond.startswith(expected)


async def test_a_scanner_that_can_scan_nothing_is_wrong() -> None:
    """Its disk is full, say; it answers a ping all the same."""
    async with listening(_failing) as address:
        found = await scanner(Settings(clamd=address))

    assert [one.fine for one in found] == [True, False]
    assert found[1].words.startswith("clamd cannot scan")


async def _failing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if await reader.readexactly(6) == b"zPING\0":
        writer.write(b"PONG\0")
        return
    await reader.readexactly(4)
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        await reader.readexactly(size)
    writer.write(b"stream: Can't write to temporary file ERROR\0")
