"""Checks that clamd answers, and reports what it has scanned only in part."""

import io
from collections.abc import AsyncIterator
from zipfile import ZipFile, ZipInfo

from letterbox.checks import CheckResult, ok, warning, wrong
from letterbox.clamd import ClamdScanner
from letterbox.domain.scanning import ScanOutcome
from letterbox.resources import open_scanner
from letterbox.settings import Settings

_WHAT = "virus scanner"
# MaxRecursion is 17 by default and 100 at most; measured, clamd 1.4 goes twice as deep.
_DEPTH = 400


async def scanner(settings: Settings) -> list[CheckResult]:
    """Check that clamd answers, and what it does beyond its limits."""
    clamd = open_scanner(settings)
    if clamd is None:
        message = "off: LETTERBOX_CLAMD is not set; documents are not scanned"
        return [ok(_WHAT, message)]
    await clamd.ping()
    answers = ok(_WHAT, f"clamd at {settings.clamd} answers")
    return [answers, await _beyond_its_limits(clamd)]


async def _beyond_its_limits(clamd: ClamdScanner) -> CheckResult:
    """
    Scan a small file that is nested deeper than clamd unpacks.

    Without AlertExceedsMax, what was scanned in part only is called clean.
    """
    verdict = await clamd.scan(_once(_nested()))
    if verdict.outcome is ScanOutcome.TOO_LARGE:
        return ok(_WHAT, "reports documents that it scanned only in part")
    if verdict.outcome is ScanOutcome.UNSCANNED:
        return wrong(_WHAT, "clamd cannot scan even a small file: see its log")
    return warning(
        _WHAT,
        "reports documents as clean that it scanned only in part: set "
        "`AlertExceedsMax yes` in clamd.conf, and restart clamd",
    )


def _nested() -> bytes:
    """Make a zip within a zip, and so on; the innermost has a text."""
    body, name = b"letterbox", "letterbox.txt"
    for _ in range(_DEPTH):
        packed = io.BytesIO()
        with ZipFile(packed, "w") as archive:
            archive.writestr(ZipInfo(name), body)
        body, name = packed.getvalue(), "letterbox.zip"
    return body


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
