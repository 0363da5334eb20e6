"""Words are found in the texts of one application's documents."""

import time
from hashlib import sha256
from uuid import uuid4

import pytest

from api.desk.passages import Passage, passages_of
from letterbox_cli.samples import CV
from tests.api.desk.signed_in import Desk, page_of, signed_in
from tests.record_factory import attachment, record

pytestmark = pytest.mark.xdist_group("desk")

_LETTER = b"I have carried  letters\nfor 12 years: <b>LETTERS</b> of all kinds."


def _put(desk: Desk) -> str:
    """Have an application with a CV, a letter, a picture and a quarantined file."""
    one = f"careerjet:searched-{uuid4()}"
    bodies = {"pdf": CV.read_bytes(), "txt": _LETTER, "png": b"\x89PNG"}
    named = {f"{sha256(body).hexdigest()}.{of}": body for of, body in bodies.items()}
    infected = attachment(f"{'0' * 64}.txt", scan="infected")
    desk.server.put(record(one, *map(attachment, named), infected), named)
    return one


async def test_words_are_found_with_what_stands_around_them(desk: Desk) -> None:
    """In any case, across lines, as text; and each document read is in the journal."""
    one = _put(desk)
    form = await desk.open(page_of(one))

    found = await desk.act(one, "search", words=" letters ")
    across = await desk.act(one, "search", words="carried letters FOR")
    of_cv = await desk.act(one, "search", words="letter carrier")

    assert "Find in the documents" in form
    assert found.status_code == 200
    assert "&lt;b&gt;<mark>LETTERS</mark>&lt;/b&gt;" in found.text
    assert "2 times" in found.text
    assert found.text.count('<section class="card">') == 2
    assert "<mark>carried  letters\nfor</mark>" in across.text
    assert "Not in it." in across.text
    assert "<mark>Letter carrier</mark>" in of_cv.text
    journal = await desk.server.http.get("/journal", params={"application": one})
    what = [item["what"] for item in journal.json()["items"]]
    assert what.count("document read") == 3 * 2
    assert "letters" not in journal.text


async def test_who_may_not_read_documents_searches_none(desk: Desk) -> None:
    """Nor is there anything to look for without words, or where nothing is."""
    one = _put(desk)

    blank = await desk.act(one, "search", words="  ")
    nobody = await desk.act("careerjet:nobody", "search", words="letters")
    async with signed_in(desk.server, desk.server.tokens["victor"]) as viewer:
        page = await viewer.open(page_of(one))
        refused = await viewer.act(one, "search", words="letters")

    assert (blank.status_code, nobody.status_code) == (400, 404)
    assert refused.status_code == 403
    assert "Find in the documents" not in page


def words_of(text: str, words: str) -> list[str]:
    """Return what was found, as the text has it."""
    found, count = passages_of(text, words)
    assert len(found) == min(count, 5)
    return [one.words for one in found]


def test_what_is_looked_for_is_no_pattern() -> None:
    """Whatever somebody types; and it takes no time to find nothing."""
    assert words_of("C++ and c++ (a*)", "c++") == ["C++", "c++"]
    assert words_of("C++ and c++ (a*)", "(a*)") == ["(a*)"]
    assert words_of("a" * 1_000_000, "(a+)+b") == []


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("İİ  İx\n\n ODOS y", "odos Y", ["ODOS y"]),
        ("ΟΔΟΣ  ΟΔΟΣΣ", "οδος", ["ΟΔΟΣ", "ΟΔΟΣ"]),
        ("Straße\u2028\u3000EIN", "STRAẞE ein", ["Straße\u2028\u3000EIN"]),
        ("שלום  עולם שלום", "שלום", ["שלום", "שלום"]),
        ("\u212a  \xb5 \u017f", "k \u03bc S", ["\u212a  \xb5 \u017f"]),
        (" \n a\n", "a", ["a"]),
        ("a  a  a  a  a  a  a", "A", ["a"] * 5),
    ],
)
def test_each_passage_is_as_the_text_has_it(
    text: str, words: str, found: list[str]
) -> None:
    """Whatever small letters and single blanks do to the places of others."""
    assert words_of(text, words) == found
    assert all(
        one.before + one.words + one.after in text for one in _found(text, words)
    )


def _found(text: str, words: str) -> list[Passage]:
    return passages_of(text, words)[0]


@pytest.mark.parametrize(
    "text",
    ["a " * 500_000, ("a" + " " * 1000) * 1000, "a" * 1_000_000, "a\n\n" * 333_333],
)
def test_no_text_takes_the_time_of_those_who_wait(text: str) -> None:
    """A candidate may write what nearly matches everywhere: boards wait meanwhile."""
    words = ["a " * 99 + "b", "a" * 199 + "b", "a b"]
    began = time.process_time()

    assert [passages_of(text, one) for one in words] == [([], 0)] * 3

    # By regular expressions each took seconds.
    assert time.process_time() - began < 2
