"""Pages of a PDF as pictures, and its text; runs in the limited process only."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pypdfium2
from pypdfium2 import raw

from letterbox.domain.documents.pdf import MAX_PAGES
from letterbox.rendering.messages import RenderingTrouble, TroubleError

_MAX_HEIGHT = 4000
_SMALLEST = 1.0


@contextmanager
def opened_pdf(document: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF (TroubleError); what it lacks inside is found later."""
    try:
        pdf = pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == raw.FPDF_ERR_PASSWORD
        trouble = RenderingTrouble.PASSWORD if is_locked else RenderingTrouble.BROKEN
        raise TroubleError(trouble) from None
    with closing(pdf):
        yield pdf


def texts_of(pdf: pypdfium2.PdfDocument) -> Iterator[str]:
    """Yield the text of each page; one that cannot be read has none."""
    for index in range(min(len(pdf), MAX_PAGES)):
        try:
            with closing(pdf[index]) as page, closing(page.get_textpage()) as text:
                yield text.get_text_bounded()
        except pypdfium2.PdfiumError:
            yield ""
        yield "\n\n"


def picture_of(pdf: pypdfium2.PdfDocument, number: int, width: int) -> bytes:
    """Draw a page, numbered from 1, as a PNG (TroubleError)."""
    if not 1 <= number <= min(len(pdf), MAX_PAGES):
        raise TroubleError(RenderingTrouble.NO_SUCH_PAGE)
    try:
        with closing(pdf[number - 1]) as page:
            across, down = page.get_size()
            # So that a page that claims to be a mile long is not drawn as one.
            scale = min(
                width / max(across, _SMALLEST), _MAX_HEIGHT / max(down, _SMALLEST)
            )
            with closing(page.render(scale=scale, rev_byteorder=True)) as bitmap:
                return _png(bitmap)
    except pypdfium2.PdfiumError:
        raise TroubleError(RenderingTrouble.BROKEN) from None


def _png(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """Write a PNG of 8 bits a colour: one filter byte before each row."""
    row_bytes = bitmap.width * bitmap.n_channels
    pixels = memoryview(bitmap.buffer).cast("B")
    packing = zlib.compressobj(6)
    packed = [
        packing.compress(
            b"\0" + pixels[row * bitmap.stride : row * bitmap.stride + row_bytes]
        )
        for row in range(bitmap.height)
    ]
    colours = {1: 0, 3: 2, 4: 6}[bitmap.n_channels]
    header = struct.pack(">2L5B", bitmap.width, bitmap.height, 8, colours, 0, 0, 0)
    body = b"".join([*packed, packing.flush()])
    chunks = _chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">L", zlib.crc32(kind + body))
    return struct.pack(">L", len(body)) + kind + body + checksum
