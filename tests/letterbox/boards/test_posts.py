"""What is true of every board that posts whole applications: a row of ``POSTERS``."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.base import REFUSALS, Outcome
from letterbox.domain.errors import MalformedError, SignatureError, TooLargeError
from letterbox.domain.submission import Role, Submission
from tests.letterbox.boards.posts import (
    POSTERS,
    Path,
    Poster,
    changed,
    is_verified,
    verified,
)

SECRET, OLD = "the secret of today", "the one before"
PDF = "JVBERi0xLjQK"
_NO_IDS: list[Any] = ["", " ", None, [], {}, True, "a\0b", "x" * 129]
_ODD: list[Any] = [None, "", 0, -1.5, True, [], {}, [None, 1, "x"], {"x": {}}]

pytestmark = pytest.mark.parametrize(
    "poster", POSTERS, ids=[one.board.name for one in POSTERS]
)


def cv_of(poster: Poster, data: str) -> tuple[bytes, str | None]:
    """Send a CV in some spelling; return what it became, and what is wrong with it."""
    got = poster.received(changed(poster.sample(), poster.resume, data))
    document = got.submission.documents[0]
    assert document.role is Role.RESUME
    return got.contents[document.sha256], document.problem


@pytest.mark.parametrize("secrets", [[SECRET], [OLD, SECRET], [SECRET, OLD]])
def test_either_of_two_secrets_is_good(poster: Poster, secrets: list[str]) -> None:
    """Both are while they rotate, in whatever pieces the body comes."""
    body = json.dumps(poster.sample()).encode()
    keys = [secret.encode() for secret in secrets]

    for chunk in (1, 7, 100_000):
        headers = poster.headers(body, SECRET)
        assert is_verified(poster.board, body, headers, keys, chunk=chunk)


def test_without_a_proof_nobody_is_the_board(poster: Poster) -> None:
    """Its header is absent, or empty; or there is no secret at all."""
    body = json.dumps(poster.sample()).encode()
    headers = dict(poster.headers(body, SECRET))
    known = [SECRET.encode()]
    empty = headers | {poster.proof: ""}
    absent = {name: headers[name] for name in headers if name != poster.proof}

    for sent, secrets in ((empty, known), (absent, known), (headers, [])):
        with pytest.raises(SignatureError):
            verified(poster.board, body, sent, secrets)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda _: "é☃",
        lambda proof: proof[:-1],
        lambda proof: proof[1:],
        lambda proof: proof.swapcase(),
        lambda proof: proof * 2,
        lambda proof: f"{proof}, {proof}",
        lambda _: "A" * 5000,
    ],
)
def test_no_other_proof_is_good(poster: Poster, spoilt: Any) -> None:
    """Forged, cut, doubled and nonsense are refusals, never crashes."""
    body = json.dumps(poster.sample()).encode()
    headers = dict(poster.headers(body, SECRET))
    headers[poster.proof] = spoilt(headers[poster.proof])

    with pytest.raises(SignatureError):
        verified(poster.board, body, headers, [SECRET.encode()])


def test_what_is_signed_cannot_be_changed(poster: Poster) -> None:
    """A board that proves itself by a key alone signs nothing, and is taken at that."""
    body = json.dumps(poster.sample()).encode()
    headers = dict(poster.headers(body, SECRET))
    besides = set(headers) - {poster.proof}

    for other in (body + b" ", body[:-1], body.replace(b"Ada", b"Eve"), b""):
        with pytest.raises(SignatureError) if poster.signs_body else nullcontext():
            verified(poster.board, other, headers, [SECRET.encode()])
    for name in besides:
        changed_headers = headers | {name: "1775044800"}
        with pytest.raises(SignatureError):
            verified(poster.board, body, changed_headers, [SECRET.encode()])


def test_a_whole_application_finds_its_canonical_places(poster: Poster) -> None:
    """The CV comes out decoded; the base64 of it stays nowhere."""
    said = poster.sample()

    got = poster.received(said)

    reading = poster.board.read(got.submission)
    assert got.submission.board_id == said[poster.board_id]
    assert got.submission.application_id == (
        f"{poster.board.name}:{said[poster.board_id]}"
    )
    cv = got.submission.documents[0]
    assert (cv.role, cv.size, got.contents[cv.sha256]) == (
        Role.RESUME,
        9,
        b"%PDF-1.4\n",
    )
    assert PDF not in got.submission.model_dump_json()
    assert reading.source.board == poster.board.name
    assert reading.references.job_reference == "DEV-17"
    assert reading.source.job_reference == "DEV-17"
    assert reading.candidate.person.name.formatted == "Ada Example"
    assert reading.candidate.person.name.given == "Ada"
    assert [email.address for email in reading.candidate.emails] == ["ada@example.com"]
    assert reading.candidate.phones
    assert reading.answers
    assert not reading.incomplete


def test_the_sample_that_is_sent_is_whole_and_signed(poster: Poster) -> None:
    """``letterbox send`` posts it."""
    board = poster.board
    cv = ("cv.pdf", b"%PDF-1.7\n")

    post = board.sample_post("an id", "DEV-17", SECRET, cv, board.settings())

    verified(board, post.body, post.headers, [SECRET.encode()])
    got = poster.received(post.body)
    reading = board.read(got.submission)
    assert got.submission.board_id == "an id"
    assert list(got.contents.values()) == [cv[1]]
    assert reading.references.job_reference == "DEV-17"
    assert not reading.incomplete


@pytest.mark.parametrize(
    ("data", "content"),
    [
        ("SGVsbG8h=", b"Hello!"),
        ("SGVs\r\nbG8h", b"Hello!"),
        ("data:text/plain;base64,SGVsbG8h", b"Hello!"),
        ("_-8", b"\xff\xef"),
        ("SGVsbG8", b"Hello"),
        (b64encode(bytes(range(256)) * 4000).decode(), bytes(range(256)) * 4000),
    ],
    ids=["padding", "lines", "data-url", "url-alphabet", "unpadded", "large"],
)
def test_other_spellings_of_base64_are_read(
    poster: Poster, data: str, content: bytes
) -> None:
    """Boards differ in them, and none is a reason to lose a CV."""
    assert cv_of(poster, data) == (content, None)


@pytest.mark.parametrize("data", ["S", "not base64!", "SGVs=bG8h", "é☃"])
def test_what_is_no_base64_is_kept_as_it_came_and_says_so(
    poster: Poster, data: str
) -> None:
    """A person can look; to refuse would lose them."""
    assert cv_of(poster, data) == (data.encode(), "not-decoded")


def test_what_cannot_be_kept_under_an_id_is_malformed(poster: Poster) -> None:
    """There is nothing to keep it under, or no end to it."""
    key = poster.board_id
    bodies = [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"{}",
        b"[" * 100_000,
        *(json.dumps({key: odd}).encode() for odd in _NO_IDS),
        b'{"%s": "1", "deep": ' % key.encode() + b"[" * 150 + b"]" * 150 + b"}",
        b'{"%s": "1"' % key.encode() + b', "x": {"x": 1' * 150 + b"}" * 151,
        json.dumps(poster.sample()).encode()[:-1],
    ]

    for body in bodies:
        with pytest.raises(MalformedError):
            poster.received(body)


def test_a_number_of_thousands_of_digits_is_kept_as_text(poster: Poster) -> None:
    """Python reads none of them, and whoever sent it was verified."""
    said = {**poster.sample(), "number": 0}
    body = json.dumps(said).replace('"number": 0', f'"number": {"7" * 5000}').encode()

    kept = poster.submission(body).said

    assert isinstance(kept, dict)
    assert kept["number"] == "7" * 5000


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_kept_as_it_was_written(
    poster: Poster, number: str
) -> None:
    """JSON has no word for it, and some programs write it."""
    body = json.dumps({**poster.sample(), "number": 0})

    kept = poster.submission(
        body.replace('"number": 0', f'"number": {number}').encode()
    )

    assert isinstance(kept.said, dict)
    assert kept.said["number"] == number


def test_more_values_than_any_application_has_are_too_large(poster: Poster) -> None:
    """Each of them costs more memory than it has bytes."""
    body = b'{"%s": "1", "x": [' % poster.board_id.encode() + b"[]," * 300_000 + b"[]]}"

    with pytest.raises(TooLargeError):
        poster.received(body)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("latin-1", "Zoë"),
        ("utf-16", "Zoë"),
        ("utf-8-sig", "Zoë"),
        ("utf-8", "山田 😀"),
    ],
)
def test_another_charset_is_read(poster: Poster, encoding: str, name: str) -> None:
    """What a board sent is not refused for its encoding."""
    said = changed(poster.sample(), poster.name, name)

    kept = poster.submission(json.dumps(said, ensure_ascii=False).encode(encoding))

    assert name in poster.board.read(kept).candidate.person.name.formatted
    assert Submission.model_validate_json(kept.model_dump_json()) == kept


def test_half_an_emoji_becomes_what_can_be_stored(poster: Poster) -> None:
    """No UTF-8 can hold a lone surrogate, and Python's JSON lets it through."""
    kept = poster.submission(changed(poster.sample(), poster.name, "A\ud83d"))

    assert "A\ufffd" in poster.board.read(kept).candidate.person.name.formatted
    assert Submission.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("reference", "DEV-18"),
        ("resume", "JVBERi0xLjQL"),
        ("answer", "5"),
        ("name", "Eve"),
    ],
)
def test_another_content_is_another_fingerprint(
    poster: Poster, place: str, value: str
) -> None:
    """What the candidate has changed is no repeat."""
    other = changed(poster.sample(), getattr(poster, place), value)

    before = poster.submission(poster.sample()).fingerprint
    assert poster.submission(other).fingerprint != before


def test_how_it_was_sent_makes_no_other_application(poster: Poster) -> None:
    """The order of keys, blanks, and what is no part of the application."""
    said = changed(poster.sample(), poster.incidental, "another")
    reordered = json.dumps(said, sort_keys=True, indent=2).encode()

    same = poster.submission(poster.sample()).fingerprint
    assert poster.submission(reordered).fingerprint == same


def test_what_is_missing_null_or_of_another_type_is_kept(poster: Poster) -> None:
    """At any place: a person is not refused for that, and nothing else is lost."""
    for path in _paths(poster.sample()):
        for value in _ODD:
            if path == (poster.board_id,):
                continue
            said = changed(poster.sample(), path, value)
            kept = poster.submission(said)
            poster.board.read(Submission.model_validate_json(kept.model_dump_json()))
            assert isinstance(kept.said, dict)
            assert set(kept.said) >= set(said) - {"demographicQuestionsAndAnswers"}


def test_keys_that_nobody_knows_are_kept(poster: Poster) -> None:
    """The board may add them any day."""
    said = poster.sample() | {"new": {"deep": [1, None, "x"]}}

    kept = poster.submission(said).said

    assert isinstance(kept, dict)
    assert kept["new"] == {"deep": [1, None, "x"]}


def test_an_incomplete_application_says_so(poster: Poster) -> None:
    """Without a reference, without a name: a person has to look."""
    bare = {poster.board_id: "1"}

    reading = poster.board.read(poster.submission(bare))

    assert reading.incomplete
    assert reading.candidate.emails == ()
    assert reading.references.job_reference is None


def test_every_outcome_that_it_has_a_word_for_has_a_reply(poster: Poster) -> None:
    """The body is for people; what may be sent again says when."""
    board = poster.board
    for outcome, status in board.statuses.items():
        reply = board.reply(outcome, "x:1", "why", board.settings())
        assert reply.status == status
        assert isinstance(reply.body, Mapping)
        assert reply.body["detail"] == "why"
    assert set(Outcome) - set(board.statuses) <= {*REFUSALS, Outcome.DUPLICATE}
    assert set(board.refuses(board.settings())) <= set(board.statuses)
    away = board.reply(Outcome.UNAVAILABLE, None, None, board.settings())
    assert away.headers["Retry-After"]
    limit: dict[str, Any] = {f"{board.name}_max_body_bytes": 7}
    assert board.max_body_bytes(board.settings(**limit)) == 7
    assert board.body_schema["required"] == [poster.board_id]


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(data=st.data())
def test_nothing_that_was_verified_is_lost_or_crashes(
    poster: Poster, data: st.DataObject
) -> None:
    """Whatever the board's keys hold, it is kept, can be read, and has a meaning."""
    said = data.draw(_SHAPED[poster.board.name])
    said[poster.board_id] = "1"

    kept = poster.submission(json.dumps(said).encode())

    stored = Submission.model_validate_json(kept.model_dump_json())
    assert stored == kept
    assert poster.board.read(stored).source.board_id == "1"
    assert isinstance(kept.said, dict)
    apart = kept.demographics if isinstance(kept.demographics, dict) else {}
    assert set(said) == set(kept.said) | {key.partition(".")[0] for key in apart}


@given(body=st.binary())
def test_any_bytes_are_an_application_or_malformed(poster: Poster, body: bytes) -> None:
    """There is no third thing."""
    try:
        read = poster.submission(body)
    except MalformedError:
        return
    assert read.board == poster.board.name


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _paths(inner, (*path, number))


def _objects(poster: Poster) -> st.SearchStrategy[dict[str, Any]]:
    """Make objects of the board's own keys, with anything in any place."""
    named = {key for path in _paths(poster.sample()) for key in path}
    keys = st.sampled_from(sorted(key for key in named if isinstance(key, str)))
    shaped = st.recursive(
        _LEAVES,
        lambda inner: (
            st.dictionaries(keys, inner, max_size=5) | st.lists(inner, max_size=3)
        ),
        max_leaves=12,
    )
    return st.dictionaries(keys, shaped)


_SHAPED = {one.board.name: _objects(one) for one in POSTERS}
