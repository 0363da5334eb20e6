"""What is kept of somebody who was led to the identity provider."""

import re

import pytest

from api.desk.pending_sign_ins import LIFE, PendingSignIns

KEYS = [b"one key", b"an older one"]


def test_a_pending_sign_in_is_found_by_every_process_with_all_that_was_derived() -> (
    None
):
    """Also by one that seals with another key by now."""
    begun, cookie = PendingSignIns(lambda: KEYS[1:]).begin("/desk/positions?q=a.b")

    assert PendingSignIns(lambda: KEYS).find(cookie) == begun
    assert PendingSignIns(lambda: KEYS[:1]).find(cookie) is None
    assert begun.next == "/desk/positions?q=a.b"


def test_the_cookie_of_a_pending_sign_in_has_nothing_that_the_provider_gets() -> None:
    """Neither verifier nor state nor nonce, which all are one of a kind."""
    pending_sign_ins = PendingSignIns(lambda: KEYS)
    (first, cookie), (second, _) = (
        pending_sign_ins.begin("/desk"),
        pending_sign_ins.begin("/desk"),
    )
    derived = {
        *(first.state, first.nonce, first.verifier),
        *(second.state, second.nonce, second.verifier),
    }

    assert len(derived) == 6
    assert not any(one in cookie for one in derived)
    # RFC 7636, section 4.1.
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", first.verifier)


def test_a_pending_sign_in_ends_after_ten_minutes() -> None:
    """Whoever takes longer begins again."""
    now = [1000.0]
    pending_sign_ins = PendingSignIns(lambda: KEYS, lambda: now[0])
    _, cookie = pending_sign_ins.begin("/desk")
    now[0] += LIFE - 1
    assert pending_sign_ins.find(cookie)

    now[0] += 1

    assert pending_sign_ins.find(cookie) is None


def test_a_sign_in_with_a_very_long_address_leads_to_the_first_page() -> None:
    """The cookie has to be one that browsers and proxies take."""
    begun, cookie = PendingSignIns(lambda: KEYS).begin(f"/desk/{'x' * 4000}")

    assert begun.next == "/desk"
    assert len(cookie) < 500


@pytest.mark.parametrize("tampered", ["", ".", "x" * 5000, "ü.ü.ü.ü", "0", "1", "2"])
def test_a_cookie_that_is_not_ours_is_no_pending_sign_in(tampered: str) -> None:
    """Nor is one of ours of which a part was changed."""
    pending_sign_ins = PendingSignIns(lambda: KEYS)
    parts = pending_sign_ins.begin("/desk")[1].split(".")
    if tampered.isdecimal():
        parts[int(tampered)] += "1"
        tampered = ".".join(parts)

    assert pending_sign_ins.find(tampered) is None
