"""Signing in at an OpenID Connect provider: who comes in, as whom, for how long."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from api.desk.identity_provider import DEPARTED
from api.desk.route import COOKIE
from letterbox.domain.journal import JournalFilter
from letterbox.journal.reader import JournalReader
from letterbox.resources import open_store
from tests.api.desk.openid_provider import answering_json, key
from tests.api.desk.signed_in import page_of
from tests.api.desk.signing_in_there import (
    APPLICATION,
    TARA,
    Browser,
    SingleSignOn,
    running_desk,
)
from tests.api.operator.serving import TOKEN

pytestmark = pytest.mark.xdist_group("single-sign-on")


@pytest_asyncio.fixture(name="desk", scope="module", loop_scope="session")
async def _desk(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[SingleSignOn]:
    async with running_desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest_asyncio.fixture(name="browser", loop_scope="session")
async def _browser(desk: SingleSignOn) -> AsyncIterator[Browser]:
    """Have a browser of Tara's, and a provider that is as it should be."""
    desk.provider.person = TARA
    desk.provider.thin.clear()
    desk.provider.instead.clear()
    desk.provider.announced.clear()
    async with desk.browser() as browser:
        yield browser


def role_of(page: str) -> str:
    """Return the role that a page shows."""
    [found] = re.findall(r'<span title="(\w+)">', page)
    return str(found)


async def test_the_code_flow_with_pkce_opens_a_session(browser: Browser) -> None:
    """The way there says what the provider must know, and the way back is ours."""
    address = await browser.depart("/desk/positions")
    asked = {name: text for name, [text] in parse_qs(urlsplit(address).query).items()}

    answer = await browser.http.get(await browser.log_in(address))

    assert {asked["response_type"], asked["code_challenge_method"]} == {"code", "S256"}
    assert asked["scope"] == "openid profile email"
    assert asked["redirect_uri"].endswith("/desk/sign-in/callback")
    lengths = [len(asked[name]) for name in ("state", "nonce", "code_challenge")]
    assert lengths == [43, 43, 43]
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/desk/positions">' in answer.text
    page = await browser.http.get("/desk/positions")
    assert (page.status_code, role_of(page.text)) == (200, "triage")
    assert "tara~" in page.text


async def test_the_cookies_are_for_the_desk_alone(
    browser: Browser, desk: SingleSignOn
) -> None:
    """That of the way there comes along from another site, and goes at the callback."""
    leaving = await browser.http.get("/desk/sign-in/provider")
    back = await browser.http.get(await browser.log_in(leaving.headers["Location"]))

    name, _, attributes = leaving.headers["Set-Cookie"].partition("=")
    assert name == DEPARTED
    assert set(attributes.split("; ")[1:]) == {
        *("HttpOnly", "Max-Age=600", "Path=/desk/sign-in/callback", "SameSite=lax"),
    }
    session, departed = back.headers.get_list("Set-Cookie")
    assert session.startswith(f"{COOKIE}=")
    assert set(session.split("; ")[1:]) == {
        *("HttpOnly", "Max-Age=3600", "Path=/desk", "SameSite=strict"),
    }
    assert departed.startswith(f'{DEPARTED}="";')
    assert "Max-Age=0" in departed
    assert DEPARTED not in browser.http.cookies
    assert desk.settings.oidc_session.total_seconds() == 3600


async def test_what_is_seen_is_in_the_journal_by_a_name_of_ones_own(
    browser: Browser, desk: SingleSignOn
) -> None:
    """Two people of the same user name are two; one who is renamed stays one."""
    names = []
    for person in (
        TARA,
        {**TARA, "sub": "another"},
        {**TARA, "preferred_username": "tara.married: to <b>"},
    ):
        desk.provider.person = person
        with capture_logs() as logs:
            await browser.sign_in()
        [signed_in] = [one for one in logs if one["event"] == "signed in"]
        names.append(signed_in["operator"])
        await browser.http.get(f"{page_of(APPLICATION)}/views/1")

    reader = JournalReader(open_store(desk.settings))
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
    roles: object, browser: Browser, desk: SingleSignOn
) -> None:
    """It is said plainly, whatever the claim is."""
    desk.provider.person = {**TARA, "realm_access": {"roles": roles}}

    with capture_logs() as logs:
        answer = await browser.sign_in()

    assert answer.status_code == 403
    assert "none of your roles there opens the desk" in answer.text
    assert not browser.is_signed_in
    [failed] = [one for one in logs if one["event"] == "sign-in failed"]
    assert failed["code"] == "no-role"


async def test_the_strongest_of_several_roles_counts(
    browser: Browser, desk: SingleSignOn
) -> None:
    """Groups of a directory add up."""
    both = ["recruiting triage", "recruiting admins"]
    desk.provider.person = {**TARA, "realm_access": {"roles": both}}

    await browser.sign_in()

    assert role_of((await browser.http.get("/desk/holds")).text) == "admin"


async def test_claims_that_the_id_token_lacks_are_asked_for(
    browser: Browser, desk: SingleSignOn
) -> None:
    """Okta's is short, and Keycloak's has no roles unless it is told to."""
    desk.provider.thin = {"realm_access", "preferred_username"}

    await browser.sign_in()

    page = (await browser.http.get("/desk/holds")).text
    assert role_of(page) == "triage"
    assert "tara~" in page
    assert desk.provider.asked[-1] == "/userinfo"


async def test_claims_of_another_person_are_not_believed(
    browser: Browser, desk: SingleSignOn
) -> None:
    """A provider that mixes people up lets nobody in."""
    desk.provider.thin = {"realm_access"}
    other = {**TARA, "sub": "another"}
    desk.provider.instead["/userinfo"] = answering_json(other)

    answer = await browser.sign_in()

    assert answer.status_code == 502
    assert not browser.is_signed_in


async def test_new_keys_of_the_provider_are_found_at_once(
    browser: Browser, desk: SingleSignOn
) -> None:
    """And are asked for once: the next who signs in has them."""
    await browser.sign_in()
    desk.provider.key = key()
    desk.provider.asked.clear()

    answers = [await browser.sign_in() for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert desk.provider.asked.count("/certs") == 1


async def test_a_secret_may_be_sent_in_the_form(tmp_path: Path) -> None:
    """Where a provider takes it in no other way; it is encoded once in each."""
    async with running_desk(tmp_path) as desk, desk.browser() as browser:
        desk.provider.person = TARA
        post = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        desk.provider.announced = post

        assert (await browser.sign_in()).status_code == 200


async def test_signing_out_offers_to_sign_out_there_too(
    browser: Browser, desk: SingleSignOn
) -> None:
    """Here it is done at once; there it is a link, for no form may lead elsewhere."""
    await browser.sign_in()
    page = (await browser.http.get("/desk/holds")).text
    [csrf] = re.findall(r'name="csrf" value="([^"]+)"', page)[:1]

    out = await browser.http.post("/desk/sign-out", data={"csrf": csrf})
    after = await browser.http.get(out.headers["Location"])
    there = await browser.http.get("/desk/sign-out/provider")
    back = await browser.http.get(there.headers["Location"])

    assert not browser.is_signed_in
    assert "perhaps not at Example SSO" in after.text
    assert '<a href="/desk/sign-out/provider">Sign out there too</a>' in after.text
    assert back.headers["Location"] == f"{desk.settings.desk_url}/desk/sign-in"


async def test_a_provider_without_a_sign_out_is_no_dead_end(tmp_path: Path) -> None:
    """Google has none."""
    async with running_desk(tmp_path) as desk, desk.browser() as browser:
        desk.provider.announced = {"end_session_endpoint": None}

        answer = await browser.http.get("/desk/sign-out/provider")

    assert answer.status_code == 404
    assert "do it on its own pages" in answer.text


async def test_tokens_go_on_beside_it(browser: Browser) -> None:
    """An admin's token is the way in while the provider is away."""
    page = (await browser.http.get("/desk/sign-in")).text
    answer = await browser.http.post("/desk/sign-in", data={"token": TOKEN})

    assert "Sign in with Example SSO" in page
    assert "Your token" in page
    assert answer.status_code == 303
    assert role_of((await browser.http.get("/desk/holds")).text) == "admin"


async def test_with_other_settings_no_session_of_before_counts(tmp_path: Path) -> None:
    """Another client secret is how all of them are ended at once."""
    async with running_desk(tmp_path) as desk, desk.browser() as browser:
        desk.provider.person = TARA
        await browser.sign_in()
        assert (await browser.http.get("/desk/holds")).status_code == 200
        cookie = browser.http.cookies[COOKIE]

    same = {"oidc_issuer": desk.settings.oidc_issuer}
    for more, status in ((same, 200), ({**same, "oidc_roles": "x=triage"}, 303)):
        async with running_desk(tmp_path, **more) as again, again.browser() as browser:
            browser.http.cookies.set(COOKIE, cookie)
            assert (await browser.http.get("/desk/holds")).status_code == status


async def test_without_any_token_the_desk_is_open_by_the_provider_alone(
    tmp_path: Path,
) -> None:
    """Who has no token is not asked for one; the operator API stays closed."""
    async with (
        running_desk(tmp_path, operator_token="") as desk,
        desk.browser() as browser,
    ):
        desk.provider.person = TARA
        page = (await browser.http.get("/desk/sign-in")).text
        await browser.sign_in()

        assert "Your token" not in page
        assert (await browser.http.get("/desk/holds")).status_code == 200
        assert (await browser.http.get("/applications")).status_code == 401


async def test_who_is_limited_to_hirers_sees_no_others(tmp_path: Path) -> None:
    """A star is for who sees all; without any hirer nobody comes in."""
    async with running_desk(tmp_path, oidc_hirers_claim="hirers") as desk:
        statuses = []
        for hirers in (["acme"], "*", [], [f"hirer {n:04}" for n in range(200)]):
            desk.provider.person = {**TARA, "hirers": hirers}
            async with desk.browser() as browser:
                signed_in = (await browser.sign_in()).status_code
                seen = await browser.http.get(f"{page_of(APPLICATION)}/views/1")
                statuses.append((signed_in, seen.status_code))

        many = [f"hirer {number:04}" for number in range(85)]
        desk.provider.person = {**TARA, "hirers": many}
        async with desk.browser() as browser:
            answer = await browser.sign_in()
            # A proxy reads an answer's head into 4 KB.
            head = sum(len(name + text) + 4 for name, text in answer.headers.items())
            assert head < 4000
            assert (await browser.http.get("/desk/holds")).status_code == 200

    # The application is of no hirer; a session has no room for two hundred.
    assert statuses == [(200, 404), (200, 200), (403, 303), (403, 303)]
