"""Addresses: one normal form, however they were typed, pasted or spelt."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.addresses import addresses_in, normalise_address

ADA = "ada@example.com"
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\ufeff\u00ad\u034f\ufe0f"
ODD = st.text(
    st.one_of(
        st.sampled_from(
            "@.<>()[]\"'xn--mailto: \u200b\u00ad\u3002\uff0e,;?%\\ß\u00e9İ"
        ),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    "typed",
    [
        "\u200bada@example.com",
        "\ufeffAda@Example.com\u200f",
        "a\u00adda@exam\u200bple.com",
        "\u202aada@example.com\u202c",
        "<ada@example.com>",
        "Ada <ada@example.com>",
        '"Example, Ada" <ada@example.com>',
        "ada@example.com (Ada)",
        "ada(home)@example.com",
        '"ada"@example.com',
        "mailto:ada@example.com",
        "MAILTO:ada@example.com?subject=Hi%20there&cc=x",
        "<mailto:%61da%40example.com>",
        "ada@example.com.",
        "ada@example.com,",
        " ada@example.com;\r\n",
        '"ada@example.com"',
        "'ada@example.com'",
        "\u201cada@example.com\u201d",
        "[ada@example.com]",
        "(ada@example.com)",
        "E-mail: ada@example.com",
        "ada @ example.com",
        "ada\uff20example\uff0ecom",
        "ada@example\u3002com",
        "ada@example.com\x00",
        "ada@example.com, ada@example.com",
    ],
)
def test_what_surrounds_an_address_does_not_count(typed: str) -> None:
    """Nor does what cannot be seen."""
    assert addresses_in(typed) == (ADA,)


@pytest.mark.parametrize(
    ("ascii_", "own"),
    [
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("XN--MNCHEN-3YA.example", "MÜNCHEN.example"),
        ("xn--r8jz45g.example", "例え.example"),
        ("xn--strae-oqa.example", "straße.example"),
        ("mail.xn--bcher-kva.example", "mail.bu\u0308cher.example"),
    ],
)
def test_a_domain_is_the_same_in_both_spellings(ascii_: str, own: str) -> None:
    """Mail goes to the same place."""
    assert normalise_address(f"ada@{ascii_}") == normalise_address(f"ada@{own}")


@pytest.mark.parametrize(
    "typed",
    [
        "ada@xn--example-.com",
        "ada@xn--.com",
        "ada@xn--\udcff.com",
        "ada@xn--99999999999.com",
        "ada.b@example.com",
        "ada+jobs@example.com",
        "\u0430da@example.com",
        "ada@example.com.example",
    ],
)
def test_what_goes_elsewhere_is_somebody_else(typed: str) -> None:
    """Dots and what follows a plus are the local part's own; no label is forged."""
    assert ADA not in addresses_in(typed)
    assert len(addresses_in(typed)) == 1


@pytest.mark.parametrize("between", ["/", "|", "&"])
def test_a_mark_in_an_address_is_a_part_of_it_where_there_is_one(between: str) -> None:
    """RFC 5322 allows it there; where there are two, it stands between them."""
    assert addresses_in(f"a{between}b@example.com") == (f"a{between}b@example.com",)
    assert set(addresses_in(f"a@example.com{between}b@example.com")) == {
        "a@example.com",
        "b@example.com",
    }


def test_several_addresses_in_one_field_are_all_found() -> None:
    """People give two; the field has room."""
    typed = "ada@example.com / Work: <Ada@Office.example>; ada@xn--mnchen-3ya.example"

    assert addresses_in(typed) == (ADA, "ada@office.example", "ada@münchen.example")
    assert addresses_in("ada@example.com/b@c.example") == (ADA, "b@c.example")


@pytest.mark.parametrize("typed", ["ada", "ada <ada@>", "@example.com", "ada@.", "@"])
def test_a_text_without_an_address_stands_for_itself(typed: str) -> None:
    """Whoever has typed the same is the same person, as far as anybody can tell."""
    assert addresses_in(typed) == (typed,)


def test_at_either_end_of_a_long_text_an_address_is_found() -> None:
    """In the middle of what no field holds nobody looks for one."""
    long = f"{ADA} {'x ' * 5000}{ADA} {'x ' * 5000}bo@example.com"

    assert addresses_in(long) == (ADA, "bo@example.com")


def test_a_hundred_addresses_in_one_field_are_enough() -> None:
    """A marker is written for each: a stranger chooses how many."""
    typed = " ".join(f"a{number}@b.example" for number in range(150))

    assert addresses_in(typed) == tuple(f"a{number}@b.example" for number in range(100))


@pytest.mark.parametrize("blank", ["", " ", "\u200b", "\u00a0\ufeff\t"])
def test_a_blank_is_nobody(blank: str) -> None:
    """Else all who left the field empty would be one person."""
    assert addresses_in(blank) == ()


@given(st.lists(st.sampled_from(INVISIBLE), max_size=5), st.integers(0, len(ADA)))
def test_nothing_invisible_counts_anywhere(marks: list[str], at: int) -> None:
    """In front, within and behind."""
    assert addresses_in(ADA[:at] + "".join(marks) + ADA[at:]) == (ADA,)


@given(ODD)
def test_a_normal_form_is_its_own_for_any_text(text: str) -> None:
    """Rubbish has one too: nothing fails."""
    for address in addresses_in(text):
        assert addresses_in(address) == (address,)


@pytest.mark.parametrize(
    "unit", ["(", "a", '"', " ", "@", "<a", "mailto:", '"a', "(a", "xn--", "a@b,"]
)
def test_the_time_is_proportional_to_the_length(unit: str) -> None:
    """A stranger chooses the text."""
    began = time.process_time()
    addresses_in(unit * 50_000)

    assert time.process_time() - began < 2
