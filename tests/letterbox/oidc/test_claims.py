"""What claims make of somebody: pure, and closed wherever they are odd."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.errors import SignInRefusedError
from letterbox.domain.operators import OperatorRole
from letterbox.oidc.claims import claim_at, missing, name_of, operator_of
from letterbox.oidc.grants import Grants
from letterbox.settings import Settings

_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "a.b", "b", "roles"]), inner)
    ),
    max_leaves=8,
)


def settings(**more: Any) -> Settings:
    """Return settings whose roles are of a claim, as they are in these tests."""
    known: dict[str, Any] = {
        "desk_url": "https://letterbox.example.com",
        "oidc_issuer": "https://login.example.com",
        "oidc_client_id": "letterbox",
        "oidc_client_secret": "a secret of the client's",
        "oidc_roles": "all=viewer,recruiters=triage,privacy=privacy,a=b=admin",
        **more,
    }
    return Settings(**known)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("plain", 1),
        ("outer.inner", 2),
        ("outer.in.the.middle", 3),
        ("https://example.com/roles", 4),
        ("resource_access.my.client.roles", 5),
        ("outer", {"inner": 2, "in.the": {"middle": 3}}),
        ("outer.inner.deeper", None),
        ("absent", None),
        ("absent.inner", None),
        ("plain.", None),
        (".", None),
    ],
)
def test_a_claim_is_found_by_its_name_or_its_way(path: str, found: object) -> None:
    """Names have dots themselves: Auth0's are addresses, clients have domains."""
    claims = {
        "plain": 1,
        "outer": {"inner": 2, "in.the": {"middle": 3}},
        "https://example.com/roles": 4,
        "resource_access": {"my.client": {"roles": 5}, "my": {"client": {}}},
    }

    assert claim_at(claims, path) == found


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ("all", OperatorRole.VIEWER),
        (["recruiters", "all"], OperatorRole.TRIAGE),
        (["recruiters", "privacy"], OperatorRole.PRIVACY),
        (["a=b", "privacy"], OperatorRole.ADMIN),
        ([1, None, ["privacy"], "all"], OperatorRole.VIEWER),
    ],
)
def test_the_strongest_role_counts(roles: object, role: OperatorRole) -> None:
    """In whatever order they come."""
    assert operator_of([{"sub": "x", "roles": roles}], settings()).role is role


@pytest.mark.parametrize("roles", ["admin", ["viewer", "ALL"], "all,recruiters", ""])
def test_a_value_that_is_not_mapped_gives_nothing(roles: object) -> None:
    """Nor one that is called as a role of ours: it is another system's."""
    with pytest.raises(SignInRefusedError):
        operator_of([{"sub": "x", "roles": roles}], settings())


@given(_JSON, _JSON)
def test_nobody_comes_in_by_claims_that_are_odd(roles: Any, hirers: Any) -> None:
    """Whatever they are, it is a refusal and nothing else."""
    limited = settings(oidc_hirers_claim="a.b")
    sources = [{"sub": "x", "roles": roles, "a": hirers}]

    with pytest.raises(SignInRefusedError):
        operator_of(sources, limited)


def test_what_the_first_source_lacks_the_second_has() -> None:
    """And what both have is of the first: that one was signed."""
    sources = [{"sub": "x", "roles": "all"}, {"sub": "x", "roles": "a=b", "h": "acme"}]
    limited = settings(oidc_hirers_claim="h")

    operator = operator_of(sources, limited)

    assert missing(sources[0], limited)
    assert not missing(sources[1], limited)
    assert (operator.role, operator.hirers) == (
        OperatorRole.VIEWER,
        frozenset({"acme"}),
    )


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ({"preferred_username": "jane.doe", "email": "j@example.com"}, "jane.doe"),
        ({"email": "j+x@example.com"}, "j+x@example.com"),
        ({"email": "ceo@example.com", "email_verified": False, "name": "J D"}, "J_D"),
        ({"email": "ceo@example.com", "email_verified": "false", "upn": "j"}, "j"),
        ({"email": "j@example.com", "email_verified": "true"}, "j@example.com"),
        ({"preferred_username": " ", "upn": "jane@example.com"}, "jane@example.com"),
        ({"preferred_username": ["x"]}, "subject"),
        ({"preferred_username": "Ngũgĩ: for \u202e<b>\n~x"}, "Ngũgĩ__for___b___x"),
        ({"preferred_username": "x" * 500}, "x" * 48),
        ({"sub": " "}, ""),
    ],
)
def test_the_name_is_short_and_one_word(claims: dict[str, Any], shown: str) -> None:
    """Whatever a provider lets people call themselves."""
    name = name_of([{"sub": "subject", **claims}], "https://login.example.com")

    before, tilde, own = name.rpartition("~")
    assert (before, tilde, len(own)) == (shown, "~", 12)


def test_the_own_part_of_a_name_is_of_issuer_and_subject() -> None:
    """It is another for the same subject elsewhere, and the same after a wedding."""
    people = [
        ("https://a.example.com", {"sub": "x", "preferred_username": "jane"}),
        ("https://a.example.com", {"sub": "x", "preferred_username": "married"}),
        ("https://a.example.com", {"sub": "y", "preferred_username": "jane"}),
        ("https://b.example.com", {"sub": "x", "preferred_username": "jane"}),
    ]

    first, renamed, other, elsewhere = (
        name_of([claims], issuer).partition("~")[2] for issuer, claims in people
    )

    assert first == renamed
    assert len({first, other, elsewhere}) == 3


def test_what_was_granted_counts_with_the_settings_of_then() -> None:
    """Each that decides ends the sessions of before; the others do not."""
    operator = operator_of([{"sub": "x", "roles": "all"}], settings())
    caller = Grants(settings()).caller(operator)
    decisive: list[dict[str, Any]] = [
        {"oidc_issuer": "https://login.example.org"},
        {"oidc_client_id": "another"},
        {"oidc_client_secret": "another"},
        {"oidc_roles_claim": "groups"},
        {"oidc_roles": "all=viewer"},
        {"oidc_hirers_claim": "hirers"},
    ]

    def counts(**more: Any) -> bool:
        found = Grants(settings(**more)).current(operator.name, caller.credential)
        return found == caller

    assert counts()
    assert counts(oidc_name="Example Inc.", oidc_session="2h")
    assert not any(counts(**more) for more in decisive)


@pytest.mark.parametrize("hirer", ["x" * 251, "\ud800", "acme\udfff", "acme\0"])
def test_a_hirer_that_no_list_can_be_asked_for_is_none(hirer: str) -> None:
    """One that is too long would be cut, and show those of others."""
    sources = [{"sub": "x", "roles": "all", "h": [hirer]}]
    both = [{"sub": "x", "roles": "all", "h": [hirer, "é" * 125]}]

    with pytest.raises(SignInRefusedError):
        operator_of(sources, settings(oidc_hirers_claim="h"))
    operator = operator_of(both, settings(oidc_hirers_claim="h"))

    assert operator.hirers == frozenset({"é" * 125})


@pytest.mark.parametrize("length", range(8))
def test_who_has_signed_in_is_kept_with_all_that_they_may(length: int) -> None:
    """A cookie keeps it without padding: of any length it comes back whole."""
    limited = settings(oidc_hirers_claim="h")
    operator = operator_of(
        [{"sub": "x", "roles": "all", "h": "y" * 5 * (length + 1)}], limited
    )
    grants = Grants(limited)

    caller = grants.caller(operator)

    assert grants.current(operator.name, caller.credential) == caller
    assert "=" not in caller.credential
    assert Grants.has_granted(caller)


def test_more_hirers_than_a_session_keeps_are_told_to_ask_for_a_token() -> None:
    """A cookie has a limit, and a part of a list would hide what is theirs."""
    limited = settings(oidc_hirers_claim="h")
    many = [f"hirer {number:04}" for number in range(200)]
    operator = operator_of([{"sub": "x", "roles": "all", "h": many}], limited)

    with pytest.raises(SignInRefusedError) as refused:
        Grants(limited).caller(operator)

    assert refused.value.code == "too-many-hirers"
