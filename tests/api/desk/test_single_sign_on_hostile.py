"""Whatever a provider, or somebody in its place, may send: nobody comes in by it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import Response, StreamingResponse
from structlog.testing import capture_logs

from api.desk.route import COOKIE
from api.desk.sessions import seal
from tests.api.desk.openid_provider import answering, answering_json
from tests.api.desk.openid_server import CLIENT_SECRET
from tests.api.desk.signing_in_there import SingleSignOn, Visitor, running_desk
from tests.api.operator.serving import TOKEN
from tests.support import free_port

pytestmark = pytest.mark.xdist_group("single-sign-on")

Claims = dict[str, Any]
_THEIRS = "words of the provider"


def endless() -> Response:
    """Answer with a gigabyte, if somebody reads it."""

    def pieces() -> Iterator[bytes]:
        for _ in range(1024):
            yield b" " * 1024 * 1024

    return StreamingResponse(pieces())


ANSWERS: dict[str, tuple[Callable[[], Response], int, str]] = {
    "HTML": (answering(f"<h1>{_THEIRS}</h1>"), 502, "not-json"),
    "no object": (answering_json([_THEIRS]), 502, "not-json"),
    "nested": (answering("[" * 200_000), 502, "not-json"),
    "empty": (answering(""), 502, "not-json"),
    "a gigabyte": (endless, 502, "too-long"),
    "redirect": (answering("{}", 307, Location="/x"), 502, "redirect"),
    "fails": (answering(_THEIRS, 500), 503, "fails"),
    "busy": (answering_json({"error": _THEIRS}, 429), 502, "no-token"),
    "no token": (answering_json({"access_token": "x"}), 502, "no-id-token"),
    "a list for one": (answering_json({"id_token": ["x"]}), 502, "no-id-token"),
    "an error": (
        answering_json({"error": _THEIRS, "error_description": _THEIRS}, 400),
        502,
        "no-token",
    ),
    "a number for one": (answering_json({"error": 7}, 400), 502, "no-token"),
    "not our client": (
        answering_json({"error": "invalid_client"}, 401),
        502,
        "client-refused",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_without_a_token_is_a_page_in_plain_english(
    name: str, visitor: Visitor, sso: SingleSignOn
) -> None:
    """With a status, a code in the log, and nothing of what the provider has sent."""
    sso.provider.instead["/token"], status, code = ANSWERS[name]

    with capture_logs() as logs:
        answer = await visitor.sign_in()

    assert answer.status_code == status
    assert "Signing in with Example SSO did not work: " in answer.text
    assert "Sign in with Example SSO" in answer.text
    assert _THEIRS not in answer.text + str(logs)
    [failed] = [one for one in logs if one["event"] == "sign-in failed"]
    assert failed["code"] == code


async def test_nothing_of_a_sign_in_is_logged_or_shown(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """Neither the code nor the state nor a token, whether it works or not."""
    seen: list[str] = []
    given: list[str] = []

    def noted(header: Claims, claims: Claims, signs: RSAKey) -> str:
        given.append(jwt.encode(header, claims, signs))
        return given[-1]

    sso.provider.forge = noted
    with capture_logs() as logs:
        for changed in ("", "x"):
            address = await visitor.log_in(await visitor.begin())
            given += [value for value in urlsplit(address).query.split("&") if value]
            seen.append((await visitor.http.get(address + changed)).text)

    assert len(given) >= 5
    for secret in [CLIENT_SECRET, *(one.partition("=")[2] or one for one in given)]:
        assert secret not in "".join(seen)
        assert secret not in str(logs)


async def test_a_state_is_of_one_browser(visitor: Visitor, sso: SingleSignOn) -> None:
    """Nobody is signed in as somebody else by a link that they were sent."""
    address = await visitor.log_in(await visitor.begin())

    async with sso.visitor() as victim:
        await victim.begin()
        answer = await victim.http.get(address)

        assert answer.status_code == 400
        assert "begun in another browser or tab" in answer.text
        assert not victim.is_signed_in


async def test_a_forged_answer_does_not_end_a_sign_in(visitor: Visitor) -> None:
    """Whoever makes a browser open one in between achieves nothing."""
    address = await visitor.begin()

    forged = await visitor.http.get(_callback(code="x", state="x"))
    answer = await visitor.http.get(await visitor.log_in(address))

    assert (forged.status_code, answer.status_code) == (400, 200)


async def test_who_has_a_token_cannot_seal_a_session_of_somebody_else(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """What is done by a token is in the journal as done by it."""
    await visitor.sign_in()
    ends, _, credential, _ = visitor.http.cookies[COOKIE].split(".", 3)
    body = f"{ends}.{b'the boss~123456789abc'.hex()}.{credential}.x"

    async with sso.visitor() as forger:
        forged = f"{body}.{seal(TOKEN.encode(), 'session', body)}"
        forger.http.cookies.set(COOKIE, forged)
        assert (await forger.http.get("/desk/holds")).status_code == 303


async def test_an_answer_of_the_provider_counts_once(
    visitor: Visitor, sso: SingleSignOn
) -> None:
    """Neither the same address, nor a new sign-in with the code of an earlier one."""
    address = await visitor.log_in(await visitor.begin())
    code = dict(httpx.URL(address).params)["code"]
    assert (await visitor.http.get(address)).status_code == 200

    with capture_logs() as logs:
        again = await visitor.http.get(address)
        state = dict(httpx.URL(await visitor.begin()).params)["state"]
        old = await visitor.http.get(_callback(code=code, state=state))

    assert (again.status_code, old.status_code) == (400, 400)
    assert "it was completed before, or took too long" in old.text
    codes = [one["code"] for one in logs if one["event"] == "sign-in failed"]
    assert codes == ["state", "code-refused"]
    assert sso.provider.asked[-1] == "/token"


async def test_a_code_of_another_sign_in_lacks_its_verifier(visitor: Visitor) -> None:
    """The provider refuses it: a code that was seen on its way is good for nothing."""
    stolen = dict(httpx.URL(await visitor.log_in(await visitor.begin())).params)
    own = dict(httpx.URL(await visitor.begin()).params)

    answer = await visitor.http.get(_callback(code=stolen["code"], state=own["state"]))

    assert answer.status_code == 400
    assert not visitor.is_signed_in


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        ("access_denied", 403, "you were not let in there"),
        ("temporarily_unavailable", 400, "it cannot do this now"),
        ("<b>anything</b>", 400, "it has not signed you in"),
    ],
)
async def test_what_the_provider_says_instead_of_a_code(
    error: str, status: int, words: str, visitor: Visitor
) -> None:
    """It is put into our words; who has not been there hears only of that."""
    state = dict(httpx.URL(await visitor.begin()).params)["state"]
    description = {"error_description": _THEIRS}

    answer = await visitor.http.get(_callback(error=error, state=state, **description))
    forged = await visitor.http.get(_callback(error=error, state="x"))

    assert (answer.status_code, forged.status_code) == (status, 400)
    assert words in answer.text
    assert words not in forged.text
    assert "anything" not in answer.text
    assert _THEIRS not in answer.text


async def test_a_parameter_of_an_answer_that_comes_twice_or_not_at_all_is_refused(
    visitor: Visitor,
) -> None:
    """Of two nobody knows which was meant."""
    statuses = []
    for rest in ("", "&code=", "&code=a&code=b", f"&code={'x' * 9000}", "&state=x"):
        state = dict(httpx.URL(await visitor.begin()).params)["state"]
        answer = await visitor.http.get(f"{_callback(state=state)}{rest}")
        statuses.append(answer.status_code)

    assert statuses == [400] * 5


async def test_the_answer_of_another_provider_is_refused(visitor: Visitor) -> None:
    """Whoever runs two, one of them hostile, must not mix them up (RFC 9207)."""
    address = await visitor.log_in(await visitor.begin())

    answer = await visitor.http.get(f"{address}&iss=http%3A%2F%2Fother.example.com")

    assert answer.status_code == 502
    assert not visitor.is_signed_in


async def test_a_provider_that_is_away_leaves_the_tokens(tmp_path: Path) -> None:
    """The page says so, and asks for one."""
    nobody = f"http://localhost:{free_port()}"
    async with (
        running_desk(tmp_path, oidc_issuer=nobody) as sso,
        sso.visitor() as visitor,
    ):
        away = await visitor.http.get("/desk/sign-in/provider?next=/desk/holds")
        out = await visitor.http.get("/desk/sign-out/provider")
        answer = await visitor.http.post("/desk/sign-in", data={"token": TOKEN})

    assert (away.status_code, out.status_code) == (503, 503)
    assert "it cannot be reached" in away.text
    assert 'name="next" value="/desk/holds"' in away.text
    assert answer.status_code == 303


async def test_a_discovery_document_of_another_issuer_leads_nowhere(
    tmp_path: Path,
) -> None:
    """Else whoever answers in the provider's place would name keys of their own."""
    async with running_desk(tmp_path) as sso, sso.visitor() as visitor:
        sso.provider.announced = {"issuer": f"{sso.provider.issuer}/"}

        answer = await visitor.http.get("/desk/sign-in/provider")

    assert answer.status_code == 502
    assert "the same to the letter" in answer.text
    assert "Location" not in answer.headers


def _callback(**fields: str) -> str:
    return f"/desk/sign-in/callback?{urlencode(fields)}"
