"""What is sealed into the cookie of a session, and when it opens nothing."""

import time
from datetime import timedelta

import pytest

from api.desk.sessions import Sessions
from letterbox.domain.operators import UNNAMED, Caller, Operator, OperatorRole
from letterbox.operators.callers import Callers

HOUR = timedelta(hours=1)


def callers(*tokens: str) -> Callers:
    """Have operators without names, by their tokens."""
    return Callers([token.encode() for token in tokens])


def recognised(among: Callers, token: str) -> Caller:
    """Return whose token it is."""
    caller = among.known(token.encode())
    assert caller
    return caller


def test_a_session_is_read_by_every_process() -> None:
    """Nothing of it is kept where it was opened."""
    opened = Sessions(callers("one"), HOUR).open(recognised(callers("one"), "one"))

    session = Sessions(callers("one"), HOUR).find(opened)

    assert session
    assert session.caller.operator == UNNAMED


def test_a_session_ends_by_itself() -> None:
    """However often it is used."""
    now = [time.time()]
    sessions = Sessions(callers("one"), HOUR, lambda: now[0])
    cookie = sessions.open(recognised(callers("one"), "one"))
    now[0] += HOUR.total_seconds() - 1
    assert sessions.find(cookie)

    now[0] += 1

    assert sessions.find(cookie) is None


def test_a_session_by_the_identity_provider_has_a_life_of_its_own() -> None:
    """And counts as long as what was granted does, whatever tokens there are."""

    class Granted:
        counts = True

        def current(self, name: str, credential: str) -> Caller | None:
            known = Caller(Operator(name, OperatorRole.TRIAGE), credential)
            return known if self.counts else None

    now, granted = [time.time()], Granted()
    sessions = Sessions(callers("one"), HOUR, lambda: now[0], granted)
    caller = Caller(Operator("tara~0123456789ab", OperatorRole.TRIAGE), "oidc-0123-W10")
    cookie = sessions.open(caller, HOUR / 2)
    found = sessions.find(cookie)
    assert found
    assert found.caller == caller

    granted.counts = False
    assert sessions.find(cookie) is None
    granted.counts = True
    now[0] += HOUR.total_seconds() / 2
    assert sessions.find(cookie) is None


def test_a_session_ends_with_the_token_that_opened_it() -> None:
    """While tokens rotate, both open; the old one's sessions end with it."""
    both = callers("new", "old")
    cookie = Sessions(callers("old"), HOUR).open(recognised(both, "old"))
    assert Sessions(both, HOUR).find(cookie)

    assert Sessions(callers("new"), HOUR).find(cookie) is None


@pytest.mark.parametrize(
    "tampered",
    [
        "",
        ".",
        "x" * 5000,
        "9999999999.6f70.1234.abc.def",
        "ü.ü.ü.ü.ü",
        *(f"{number}" for number in range(3)),
    ],
)
def test_a_cookie_that_is_not_ours_opens_nothing(tampered: str) -> None:
    """Nor does one of ours of which a part was changed."""
    sessions = Sessions(callers("one"), HOUR)
    parts = sessions.open(recognised(callers("one"), "one")).split(".")
    if tampered.isdecimal():
        parts[int(tampered)] += "1"
        tampered = ".".join(parts)

    assert sessions.find(tampered) is None


def test_what_a_form_carries_belongs_to_one_session() -> None:
    """Neither an earlier session of the same operator nor another's will do."""
    sessions = Sessions(callers("one"), HOUR)
    caller = recognised(callers("one"), "one")
    first, second = (sessions.find(sessions.open(caller)) for _ in range(2))

    assert first
    assert second
    assert first.has_made(first.csrf)
    assert not first.has_made(second.csrf)


def test_an_operator_of_any_name_has_a_session() -> None:
    """Names are people's, in any script."""

    class Named(Callers):
        def current(self, name: str, credential: str) -> Caller | None:
            return Caller(Operator(name, OperatorRole.TRIAGE), credential)

    named = Named([b"one"])
    caller = Caller(Operator("Ngũgĩ. of Acme", OperatorRole.TRIAGE), "0123456789abcdef")

    session = Sessions(named, HOUR).find(Sessions(named, HOUR).open(caller))

    assert session
    assert session.caller == caller
