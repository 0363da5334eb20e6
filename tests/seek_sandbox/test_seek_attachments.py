"""Attachments are real files, served to the token alone."""

import io
import re
import zipfile

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from seek_sandbox.attachments import content_disposition
from seek_sandbox.control import SandboxControl
from seek_sandbox.documents import DOCX, PDF, make_document
from seek_sandbox.orders import ApplicationOrder
from tests.seek_sandbox.partner import Partner


def _filename(disposition: str) -> str | None:
    """Read a file name with a parser that is not ours."""
    return parse_options_header(disposition)[1].get("filename")


async def _downloads(
    partner: Partner, control: SandboxControl, count: int = 1
) -> list[httpx.Response]:
    answers = []
    for event in await control.apply(ApplicationOrder(count=count)):
        profile = await partner.profile(event.application_profile_id)
        answers += [
            await partner.download(one["url"]) for one in profile["attachments"]
        ]
    return answers


async def test_documents_open(partner: Partner, control: SandboxControl) -> None:
    """PDF and DOCX, with their type, length and name."""
    answers = await _downloads(partner, control, count=10)

    types = {answer.headers["Content-Type"] for answer in answers}
    names = {_filename(answer.headers["Content-Disposition"]) for answer in answers}
    assert types == {PDF, DOCX}
    assert {answer.status_code for answer in answers} == {200}
    assert any(not (name or "").isascii() for name in names)
    for answer in answers:
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        if answer.headers["Content-Type"] == PDF:
            assert answer.content.startswith(b"%PDF-")
        else:
            assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None


async def test_the_same_document_is_the_same_bytes(
    partner: Partner, control: SandboxControl
) -> None:
    """A repeat must not look like another version."""
    [event] = await control.apply()
    profile = await partner.profile(event.application_profile_id)
    urls = [one["url"] for one in profile["attachments"]]

    first = [(await partner.download(url)).content for url in urls]

    assert first == [(await partner.download(url)).content for url in urls]
    assert len(set(first)) == len(urls) == 2


async def test_head_of_an_attachment_has_its_headers_and_no_body(
    partner: Partner, control: SandboxControl
) -> None:
    """As at SEEK."""
    [event] = await control.apply()
    url = (await partner.profile(event.application_profile_id))["attachments"][0]["url"]
    whole = await partner.download(url)
    head = await partner.download(url, "HEAD")

    assert head.content == b""
    for name in ("Content-Length", "Content-Type", "Content-Disposition"):
        assert head.headers[name] == whole.headers[name]


async def test_no_token_no_document(partner: Partner, control: SandboxControl) -> None:
    """The address alone opens nothing."""
    [event] = await control.apply()
    url = (await partner.profile(event.application_profile_id))["attachments"][0]["url"]

    answer = await partner.http.get(url)

    assert (answer.status_code, answer.content) == (401, b"")


async def test_an_unknown_document_is_missing(partner: Partner) -> None:
    """Whatever the path is."""
    for path in ("a/b", "", "moved/", "../../etc/passwd"):
        answer = await partner.download(f"/attachments/{path}")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "name", ["cv.pdf", 'the "last".pdf', "a\\b.doc", "履歴書.docx", "Zoë; (1).pdf"]
)
def test_names_survive_the_header(name: str) -> None:
    """RFC 6266: quoted, escaped, and exact where ASCII is not enough."""
    assert _filename(content_disposition(name)) == name


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=5
    )
)
def test_any_line_makes_a_sound_document(lines: list[str]) -> None:
    """Brackets, markup and strange letters break neither kind."""
    pdf, docx = make_document(PDF, lines), make_document(DOCX, lines)

    start = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    offsets = [int(found) for found in re.findall(rb"(\d{10}) 00000 n", pdf[start:])]
    assert pdf[start:].startswith(b"xref")
    assert [pdf[one : one + 5] for one in offsets] == [
        b"%d 0 o" % number for number in range(1, 6)
    ]
    text = zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()
    assert text.count("<w:p>") == len(lines)
