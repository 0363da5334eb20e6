"""What clamd answers, understood. Pure."""

import re

from letterbox.domain.errors import ScannerUnavailableError
from letterbox.domain.scanning import Outcome, Verdict

_TOO_LARGE = "INSTREAM size limit exceeded. ERROR"
# With ExtendedDetectionInfo, which Debian sets, a hash and a size follow the name.
_FOUND = re.compile(r"stream: (?P<name>[!-~]+?)(?:\([0-9a-f]+:\d+\))? FOUND")
_FAILED = re.compile(r"stream: .+ ERROR", re.DOTALL)
# AlertExceedsMax reports under such a name what was looked at in part: clamd.conf(5).
_LIMIT = "Heuristics.Limits.Exceeded"
# Guesses by form, and what somebody may not want: neither knows a threat by its bytes.
_GUESSES = ("Heuristics.", "PUA.")
_ENCRYPTED = "Encrypted"


def read_verdict(answer: bytes) -> Verdict:
    """
    Read the answer to INSTREAM.

    Anything but the answers that clamd is known to give is ScannerUnavailableError,
    which does not quote it: what listens there may echo what it was sent.
    """
    text = answer.decode("utf-8", "replace")
    if text == "stream: OK":
        return Verdict(Outcome.CLEAN)
    if text == _TOO_LARGE:
        return Verdict(Outcome.TOO_LARGE)
    if found := _FOUND.fullmatch(text):
        name = found["name"]
        if name.startswith(_LIMIT):
            return Verdict(Outcome.TOO_LARGE)
        if name.startswith(_GUESSES) or _ENCRYPTED in name.split("."):
            return Verdict(Outcome.UNSCANNABLE, name)
        return Verdict(Outcome.INFECTED, name)
    if _FAILED.fullmatch(text):
        return Verdict(Outcome.UNSCANNED)
    raise ScannerUnavailableError("clamd did not answer with a verdict")
