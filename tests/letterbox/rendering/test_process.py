"""The limited process: what it makes of documents, and what nobody can do in it."""

import subprocess
import sys
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event

import psutil
import pytest

from letterbox.domain.errors import NotFoundError, RenderingBusyError
from letterbox.rendering.process import Rendering
from tests.hostile import packed, zipped

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
RENDERING = Rendering(max_wait=120)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def text_of(document: bytes, kind: str) -> str:
    """Read a text as the operator API does."""
    return RENDERING.text([document], kind).body.decode()


def word(body: str) -> bytes:
    """Write a DOCX with some XML as its body."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", body)
    return file.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "libreoffice.pdf",
        "http-header.pdf",
        "libreoffice.docx",
        "word-online.docx",
        "backslashes.docx",
        "libreoffice.odt",
        "libreoffice.rtf",
        "bom.rtf",
    ],
)
def test_the_text_of_what_office_programs_write_is_read(name: str) -> None:
    """In its order, with its lines."""
    document = SAMPLES / name

    text = text_of(document.read_bytes(), document.suffix[1:])

    assert "Ada Example" in text.splitlines()


@pytest.mark.parametrize(
    "name",
    ["utf-8-bom.txt", "cp1252.txt", "utf-16-le.txt", "utf-16-be-bom.txt"],
)
def test_the_charset_of_a_plain_text_is_recognised(name: str) -> None:
    """Editors save texts in all of them, most of the time without saying so."""
    text = text_of((SAMPLES / name).read_bytes(), "txt")

    assert text == "Curriculum vitæ\nÄda Exämple \N{EN DASH} 1 Straße\n"


def test_what_word_writes_twice_or_has_struck_out_is_read_once_or_not() -> None:
    """A text box has a second form for old programs; what was deleted is deleted."""
    body = (
        f'<d xmlns="{_W}"><Choice><t>Ada</t></Choice><Fallback><t>Ada</t></Fallback>'
        "<delText>secret</delText><tab/><t>Example</t><p/><t>Postwoman</t></d>"
    )

    assert text_of(word(body), "docx") == "Ada\tExample\nPostwoman\n"


def test_a_page_is_a_png_of_the_width_that_is_asked_for() -> None:
    """Its chunks are whole, and there is more than white on it."""
    drawn = RENDERING.page([(SAMPLES / "libreoffice.pdf").read_bytes()], 1, 400)

    header, body = drawn.body[:33], drawn.body[33:]
    pixels = zlib.decompress(body[8:-16])
    assert header[:16] == b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
    assert int.from_bytes(header[16:20]) == 400
    assert len(pixels) == int.from_bytes(header[20:24]) * (1 + 3 * 400)
    assert 0 < pixels.count(0xFF) < len(pixels)
    assert min(pixels[1:]) < 0x40
    assert drawn.pages == 1


def many_pages(count: int, box: str = "0 0 200 200") -> bytes:
    """Write a PDF with one page that is listed many times over."""
    kids = "3 0 R " * count
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        f"2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj\n"
        f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[{box}]>>endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n"
    ).encode()


_SAMPLE = (SAMPLES / "libreoffice.pdf").read_bytes()
_LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
_HOSTILE = {
    "cut": (_SAMPLE[: len(_SAMPLE) // 3], "pdf", "damaged"),
    "encrypted": ((SAMPLES / "password-aes.pdf").read_bytes(), "pdf", "password"),
    "100,000 pages": (many_pages(100_000), "pdf", "no text"),
    "a scan": ((SAMPLES / "pillow.pdf").read_bytes(), "pdf", "no text"),
    "no zip": (b"PK\3\4 no zip", "docx", "damaged"),
    "a bomb": (zipped((b"word/document.xml", packed("deflate"), 8)), "docx", ""),
    "a bomb of ODT": (zipped((b"content.xml", packed("bzip2"), 12)), "odt", ""),
    "entities": (
        word(f'<!DOCTYPE t [<!ENTITY e0 "ha">{_LAUGHS}]><t>&e11;</t>'),
        "docx",
        "no text",
    ),
    "a file of the machine": (
        word('<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><t>&x;</t>'),
        "docx",
        "no text",
    ),
    "elements in elements": (word("<t>" * 500_000), "docx", ""),
    "groups in groups": (b"{\\rtf1" + b"{" * 500_000, "rtf", ""),
    "empty": (b"", "txt", "no text"),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_what_was_made_to_cost_us_has_no_text_and_a_reason(name: str) -> None:
    """Nor does anything that it does to its process reach ours."""
    document, kind, reason = _HOSTILE[name]

    with pytest.raises(NotFoundError) as refused:
        text_of(document, kind)

    assert reason in str(refused.value)


def test_a_text_of_any_size_is_cut_at_a_million_characters() -> None:
    """And what is sent to be read of it is bounded, too."""
    read = RENDERING.text([b"Ada Example\n" * 1_000_000] * 3, "txt")

    assert read.is_cut
    assert len(read.body) <= 1_000_001


def test_a_page_that_claims_to_be_a_mile_long_is_drawn_small() -> None:
    """The height of a picture is bounded as its width is."""
    drawn = RENDERING.page([many_pages(2, "0 0 14400 9999999")], 2, 2000)

    assert int.from_bytes(drawn.body[20:24]) <= 4001
    with pytest.raises(NotFoundError, match="no such page"):
        RENDERING.page([many_pages(2)], 3, 400)


_IN_IT = """
import os, socket, sys
from letterbox.rendering import child, texts
texts.load_charsets()
child.limit_process()
attempts = {
    "read": lambda: open("/etc/passwd"),
    "write": lambda: open("/tmp/letterbox-escape", "w"),
    "connect": lambda: socket.socket(),
    "look around": lambda: os.listdir("/"),
    "memory": lambda: bytearray(2 * 1024 ** 3),
}
for name, attempt in attempts.items():
    try:
        attempt()
    except (OSError, MemoryError):
        continue
    print(name, "is possible")
"""


def test_no_file_and_no_connection_can_be_opened_in_it() -> None:
    """Whatever a document would make a library do: what it needs was loaded before."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _IN_IT], capture_output=True, check=True, env={}
    )

    assert done.stdout == b""


@pytest.mark.parametrize("endless", ["while True: pass", "import time; time.sleep(99)"])
def test_what_never_ends_is_ended_and_nothing_of_it_is_left(endless: str) -> None:
    """By the clock of whoever waits: the processor's would not count a sleep."""
    hanging = Rendering(max_seconds=1.0, command=[sys.executable, "-c", endless])

    with pytest.raises(NotFoundError, match="too much time"):
        hanging.text([b"Ada"], "txt")

    assert endless not in {
        argument
        for child in psutil.Process().children()
        for argument in child.cmdline()
    }


@pytest.mark.parametrize(
    "answer", ["", "no JSON", "{}x", '{"other": 1}', '{"trouble": "made up"}']
)
def test_an_answer_that_is_none_is_a_document_without_text(answer: str) -> None:
    """Who has taken the process over may write whatever it likes."""
    writing = [sys.executable, "-c", f"print({answer!r})"]

    with pytest.raises(NotFoundError, match="damaged"):
        Rendering(command=writing).text([b"Ada"], "txt")


def test_so_many_are_looked_into_at_once_and_others_are_told_to_wait() -> None:
    """Each takes a processor: the API has boards to answer."""
    began, may_end = Event(), Event()
    rendering = Rendering(1, max_wait=0.1)

    def slowly() -> list[bytes]:
        began.set()
        may_end.wait(60)
        return [b"Ada Example"]

    class Slow:
        def __iter__(self) -> object:
            return iter(slowly())

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(rendering.text, Slow(), "txt")  # type: ignore[arg-type]
        began.wait(60)
        with pytest.raises(RenderingBusyError):
            rendering.text([b"Ada"], "txt")
        may_end.set()

        assert first.result().body == b"Ada Example\n"
    assert rendering.text([b"Ada"], "txt").body == b"Ada\n"
