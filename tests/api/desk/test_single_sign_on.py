"""Signing in at an OpenID Connect provider: who comes in, as whom, for how long."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from api.desk.identity_provider import PENDING
from api.desk.route import COOKIE
from letterbox.domain.journal import JournalFilter
from letterbox.journal.reader import JournalReader
from letterbox.resources import open_store
from tests.api.desk.openid_provider import answering_json
from tests.api.desk.signed_in import page_of, token_of_forms
from tests.api.desk.signing_in_there import APPLICATION, TARA, SingleSignOn, Visitor
from tests.api.operator.serving import TOKEN

pytestmark = pytest.mark.xdist_group("single-sign-on")


def role_of(page: str) -> str:
    """Return the role that a page shows."""
    [found] = re.findall(r'<span title="(\w+)">', page)
    return str(found)


async def test_the_code_flow_with_pkce_opens_a_session(visitor: Visitor) -> None:
    """The way there says what the provider must know, and the way back is ours."""
    address = await visitor.begin("/desk/positions")
    asked = {name: text for name, [text] in parse_qs(urlsplit(address).query).items()}

    answer = await visitor.http.get(await visitor.log_in(address))

    assert {asked["response_type"], asked["code_challenge_method"]} == {"code", "S256"}
    assert asked["scope"] == "openid profile email"
    assert asked["redirect_uri"].endswith("/desk/sign-in/callback")
    lengths = [len(asked[name]) for name in ("state", "nonce", "code_challenge")]
    assert lengths == [43, 43, 43]
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/desk/positions">' in answer.text
    page = await visitor.http.get("/desk/positions")
    assert (page.status_code, role_of(page.text)) == (200, "triage")
    assert "tara~" in page.text


async def test_the_cookies_are_for_the_desk_alone(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """That of the way there comes along from another site, and goes at the callback."""
    leaving = await visitor.http.get("/desk/sign-in/provider")
    back = await visitor.http.get(await visitor.log_in(leaving.headers["Location"]))

    name, _, attributes = leaving.headers["Set-Cookie"].partition("=")
    assert name == PENDING
    assert set(attributes.split("; ")[1:]) == {
        *("HttpOnly", "Max-Age=600", "Path=/desk/sign-in/callback", "SameSite=lax"),
    }
    session, pending = back.headers.get_list("Set-Cookie")
    assert session.startswith(f"{COOKIE}=")
    assert set(session.split("; ")[1:]) == {
        *("HttpOnly", "Max-Age=3600", "Path=/desk", "SameSite=strict"),
    }
    assert pending.startswith(f'{PENDING}="";')
    assert "Max-Age=0" in pending
    assert PENDING not in visitor.http.cookies
    assert sso.settings.oidc_session.total_seconds() == 3600


async def test_what_is_seen_is_in_the_journal_by_a_name_of_ones_own(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """Two people of the same user name are two; one who is renamed stays one."""
    names = []
    for person in (
        TARA,
        {**TARA, "sub": "another"},
        {**TARA, "preferred_username": "tara.married: to <b>"},
    ):
        sso.provider.person = person
        with capture_logs() as logs:
            await visitor.sign_in()
        [signed_in] = [one for one in logs if one["event"] == "signed in"]
        names.append(signed_in["operator"])
        await visitor.http.get(f"{page_of(APPLICATION)}/views/1")

    reader = JournalReader(open_store(sso.settings))
    entries, _ = reader.latest(JournalFilter(), 10, "", lambda _: True)
    seen = [(entry.operator, entry.by, entry.who) for entry in reversed(entries)]
    own = "~" + names[0].partition("~")[2]
    of_one, _ = reader.latest(JournalFilter(operator=own), 10, "", lambda _: True)

    assert seen == [(name, f"desk: {name}", f"desk: {name}") for name in names]
    assert len(set(names)) == 3
    assert names[2] == f"tara.married__to__b_{own}"
    assert [entry.operator for entry in of_one] == [names[2], names[0]]


@pytest.mark.parametrize("roles", [[], ["everybody"], None, "x", {"a": 1}, [1, None]])
async def test_without_a_role_nobody_comes_in(
    roles: object, visitor: Visitor, sso: SingleSignOn
) -> None:
    """It is said plainly, whatever the claim is."""
    sso.provider.person = {**TARA, "realm_access": {"roles": roles}}

    with capture_logs() as logs:
        answer = await visitor.sign_in()

    assert answer.status_code == 403
    assert "none of your roles there opens the desk" in answer.text
    assert not visitor.is_signed_in
    [failed] = [one for one in logs if one["event"] == "sign-in failed"]
    assert failed["code"] == "no-role"


async def test_the_strongest_of_several_roles_counts(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """Groups of a directory add up."""
    both = ["recruiting triage", "recruiting admins"]
    sso.provider.person = {**TARA, "realm_access": {"roles": both}}

    await visitor.sign_in()

    assert role_of((await visitor.http.get("/desk/holds")).text) == "admin"


async def test_claims_that_the_id_token_lacks_are_asked_for(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """Okta's is short, and Keycloak's has no roles unless it is told to."""
    sso.provider.thin = {"realm_access", "preferred_username"}

    await visitor.sign_in()

    page = (await visitor.http.get("/desk/holds")).text
    assert role_of(page) == "triage"
    assert "tara~" in page
    assert sso.provider.asked[-1] == "/userinfo"


async def test_claims_of_another_person_are_not_believed(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """A provider that mixes people up lets nobody in."""
    sso.provider.thin = {"realm_access"}
    other = {**TARA, "sub": "another"}
    sso.provider.instead["/userinfo"] = answering_json(other)

    answer = await visitor.sign_in()

    assert answer.status_code == 502
    assert not visitor.is_signed_in


async def test_signing_out_offers_to_sign_out_there_too(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """Here it is done at once; there it is a link, for no form may lead elsewhere."""
    await visitor.sign_in()
    page = (await visitor.http.get("/desk/holds")).text

    out = await visitor.http.post("/desk/sign-out", data={"csrf": token_of_forms(page)})
    after = await visitor.http.get(out.headers["Location"])
    there = await visitor.http.get("/desk/sign-out/provider")
    back = await visitor.http.get(there.headers["Location"])

    assert not visitor.is_signed_in
    assert "perhaps not at Example SSO" in after.text
    assert '<a href="/desk/sign-out/provider">Sign out there too</a>' in after.text
    assert back.headers["Location"] == f"{sso.settings.desk_url}/desk/sign-in"


async def test_tokens_open_the_desk_beside_single_sign_on(visitor: Visitor) -> None:
    """An admin's token is the way in while the provider is away."""
    page = (await visitor.http.get("/desk/sign-in")).text
    answer = await visitor.http.post("/desk/sign-in", data={"token": TOKEN})

    assert "Sign in with Example SSO" in page
    assert "Your token" in page
    assert answer.status_code == 303
    assert role_of((await visitor.http.get("/desk/holds")).text) == "admin"
