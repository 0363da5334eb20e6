"""Ids from outside can be anything; ids and keys of ours cannot."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.ids import application_id, from_key_part, key_part

ID = st.text(min_size=1, max_size=400)
SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-%~")


def test_an_ordinary_id_is_the_board_and_its_id() -> None:
    """What people see in the UI is what the board says."""
    assert application_id("careerjet", "12-34") == "careerjet:12-34"


def test_a_long_id_is_cut_and_kept_apart_by_its_digest() -> None:
    """SQL stores keep 255 characters of a workflow id."""
    whole = "careerjet:" + "x" * 300

    cut = application_id("careerjet", "x" * 300)

    assert cut == f"{whole[:160]}~{sha256(whole.encode()).hexdigest()[:32]}"


@given(ID)
def test_an_id_is_never_too_long(board_id: str) -> None:
    """Whatever a board sends, its bytes fit."""
    assert len(application_id("seek", board_id).encode()) <= 200


@given(ID)
def test_a_key_part_is_one_part_and_harmless(identifier: str) -> None:
    """No slash, no control character, no surprise; and short enough for a file."""
    part = key_part(identifier)

    assert set(part) <= SAFE
    assert len(part) <= 200


@given(ID)
def test_a_key_part_can_be_undone_unless_it_was_cut(identifier: str) -> None:
    """The sweep reads ids from keys."""
    back = from_key_part(key_part(identifier))

    assert back in {identifier, None}


@given(ID, ID)
def test_different_ids_have_different_parts(one: str, other: str) -> None:
    """Two applications never share a folder."""
    assert (key_part(one) == key_part(other)) == (one == other)


def test_a_key_part_follows_the_contract_to_the_letter() -> None:
    """Others read the store by these rules: DESIGN, Store."""
    long = "ä" * 100

    assert key_part("a/b c~ä") == "a%2Fb%20c%7E%C3%A4"
    assert key_part(long) == f"{'%C3%A4' * 20}~{sha256(long.encode()).hexdigest()[:32]}"
