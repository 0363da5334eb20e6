"""
The limited process: a document on standard input, its text or a picture on the other.

``python -I -m letterbox.rendering.child text KIND`` or ``… page NUMBER WIDTH``. It is
started for one document, with no environment. Once all that it needs is loaded, it can
open nothing: no file, and no connection.
"""

import json
import resource
import signal
import sys
from dataclasses import asdict

from letterbox.rendering import pdf, texts
from letterbox.rendering.messages import (
    MAX_ANSWER,
    MAX_SECONDS,
    Heading,
    RenderingTrouble,
    TroubleError,
)

_MAX_DOCUMENT = 64 * 1024 * 1024
_MAX_MEMORY = 1024 * 1024 * 1024
_MAX_CPU_SECONDS = 10
_STANDARD_FILES = 3


def main() -> None:
    """Limit the process, then look into what a stranger has sent."""
    texts.load_charsets()
    limit_process()
    document = sys.stdin.buffer.read(_MAX_DOCUMENT)
    try:
        heading, body = _answer(sys.argv[1:], document)
    except TroubleError as error:
        heading, body = Heading(trouble=error.trouble), b""
    except (MemoryError, RecursionError):
        heading, body = Heading(trouble=RenderingTrouble.BROKEN), b""
    sys.stdout.buffer.write(json.dumps(asdict(heading)).encode() + b"\n" + body)


def limit_process() -> None:
    """Limit time, memory and output; nothing more can be opened or started."""
    # Should whoever started it be killed, it ends by itself.
    signal.alarm(MAX_SECONDS)
    for kind, most in (
        (resource.RLIMIT_AS, _MAX_MEMORY),
        (resource.RLIMIT_CPU, _MAX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_ANSWER),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _STANDARD_FILES),
    ):
        resource.setrlimit(kind, (most, most))


def _answer(arguments: list[str], document: bytes) -> tuple[Heading, bytes]:
    what, *details = arguments
    if what == "page":
        number, width = map(int, details)
        with pdf.opened_pdf(document) as opened:
            picture = pdf.picture_of(opened, number, width)
            return Heading(pages=len(opened)), picture
    if details == ["pdf"]:
        with pdf.opened_pdf(document) as opened:
            text, is_cut = texts.joined(pdf.texts_of(opened))
            return Heading(pages=len(opened), is_cut=is_cut), _utf_8(text)
    text, is_cut = texts.joined(texts.texts_of(document, *details))
    return Heading(is_cut=is_cut), _utf_8(text)


def _utf_8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


if __name__ == "__main__":
    main()
