"""Single sign-on by other settings, and at providers of other kinds."""

from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from api.desk.identity_provider import PENDING
from api.desk.route import COOKIE
from tests.api.desk.openid_provider import key
from tests.api.desk.signed_in import page_of
from tests.api.desk.signing_in_there import APPLICATION, TARA, running_desk

pytestmark = pytest.mark.xdist_group("single-sign-on")


async def test_new_keys_of_the_provider_are_found_at_once(tmp_path: Path) -> None:
    """And are asked for once: the next who signs in has them."""
    async with running_desk(tmp_path) as sso, sso.visitor() as visitor:
        sso.provider.person = TARA
        await visitor.sign_in()
        sso.provider.key = key()
        sso.provider.asked.clear()

        answers = [await visitor.sign_in() for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert sso.provider.asked.count("/certs") == 1


async def test_a_secret_may_be_sent_in_the_form(tmp_path: Path) -> None:
    """Where a provider takes it in no other way; it is encoded once in each."""
    async with running_desk(tmp_path) as sso, sso.visitor() as visitor:
        sso.provider.person = TARA
        post = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        sso.provider.announced = post

        assert (await visitor.sign_in()).status_code == 200


async def test_where_the_desk_has_tls_its_cookies_are_for_tls_alone(
    tmp_path: Path,
) -> None:
    """Whatever the proxy says; and the way back is by the desk's own address."""
    own = "https://letterbox.example.com"
    async with (
        running_desk(tmp_path, desk_url=own) as sso,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{sso.settings.api_port}",
            headers={"Host": "other.example.com"},
        ) as http,
    ):
        page = (await http.get("/desk/sign-in")).text
        leaving = await http.get("/desk/sign-in/provider")

    assert f'href="{own}/desk/sign-in/provider?next=%2Fdesk"' in page
    assert "Secure" in leaving.headers["Set-Cookie"].split("; ")
    asked = httpx.URL(leaving.headers["Location"]).params
    assert asked["redirect_uri"] == f"{own}/desk/sign-in/callback"
    assert "other.example.com" not in page + leaving.headers["Location"]


async def test_behind_tls_nobody_is_signed_in_by_a_cookie_of_another_host(
    tmp_path: Path,
) -> None:
    """Else a host beside the desk's could sign people in as somebody of its own."""
    own = "https://letterbox.example.com"
    async with (
        running_desk(tmp_path, desk_url=own) as sso,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{sso.settings.api_port}") as http,
    ):
        leaving = await http.get("/desk/sign-in/provider")
        name, _, rest = leaving.headers["Set-Cookie"].partition("=")
        value, state = rest.partition(";")[0], httpx.URL(leaving.headers["Location"])
        callback = f"/desk/sign-in/callback?state={state.params['state']}"
        codes = []
        for sent in (name, name.removeprefix("__Host-")):
            with capture_logs() as logs:
                await http.get(callback, headers={"Cookie": f"{sent}={value}"})
            codes += [one["code"] for one in logs if "code" in one]

    assert name == f"__Host-{PENDING}"
    assert codes == ["no-code", "state"]


async def test_a_provider_without_a_sign_out_is_no_dead_end(tmp_path: Path) -> None:
    """Google has none."""
    async with running_desk(tmp_path) as sso, sso.visitor() as visitor:
        sso.provider.announced = {"end_session_endpoint": None}

        answer = await visitor.http.get("/desk/sign-out/provider")

    assert answer.status_code == 404
    assert "do it on its own pages" in answer.text


async def test_with_other_settings_no_session_of_before_counts(tmp_path: Path) -> None:
    """Another client secret is how all of them are ended at once."""
    async with running_desk(tmp_path) as sso, sso.visitor() as visitor:
        sso.provider.person = TARA
        await visitor.sign_in()
        assert (await visitor.http.get("/desk/holds")).status_code == 200
        cookie = visitor.http.cookies[COOKIE]

    same = {"oidc_issuer": sso.settings.oidc_issuer}
    for more, status in ((same, 200), ({**same, "oidc_roles": "x=triage"}, 303)):
        async with running_desk(tmp_path, **more) as again, again.visitor() as visitor:
            visitor.http.cookies.set(COOKIE, cookie)
            assert (await visitor.http.get("/desk/holds")).status_code == status


async def test_without_any_token_the_desk_is_open_by_the_provider_alone(
    tmp_path: Path,
) -> None:
    """Who has no token is not asked for one; the operator API stays closed."""
    async with (
        running_desk(tmp_path, operator_token="") as sso,
        sso.visitor() as visitor,
    ):
        sso.provider.person = TARA
        page = (await visitor.http.get("/desk/sign-in")).text
        await visitor.sign_in()

        assert "Your token" not in page
        assert (await visitor.http.get("/desk/holds")).status_code == 200
        assert (await visitor.http.get("/applications")).status_code == 401


async def test_who_is_limited_to_hirers_sees_no_others(tmp_path: Path) -> None:
    """A star is for who sees all; without any hirer nobody comes in."""
    async with running_desk(tmp_path, oidc_hirers_claim="hirers") as sso:
        statuses = []
        for hirers in (["acme"], "*", [], [f"hirer {n:04}" for n in range(200)]):
            sso.provider.person = {**TARA, "hirers": hirers}
            async with sso.visitor() as visitor:
                signed_in = (await visitor.sign_in()).status_code
                seen = await visitor.http.get(f"{page_of(APPLICATION)}/views/1")
                statuses.append((signed_in, seen.status_code))

        many = [f"hirer {number:04}" for number in range(85)]
        sso.provider.person = {**TARA, "hirers": many}
        async with sso.visitor() as visitor:
            answer = await visitor.sign_in()
            # A proxy reads an answer's head into 4 KB.
            head = sum(len(name + text) + 4 for name, text in answer.headers.items())
            assert head < 4000
            assert (await visitor.http.get("/desk/holds")).status_code == 200

    # The application is of no hirer; a session has no room for two hundred.
    assert statuses == [(200, 404), (200, 200), (403, 303), (403, 303)]
