"""Whatever a provider, or somebody in its place, may send: nobody comes in by it."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import Response, StreamingResponse
from structlog.testing import capture_logs

from tests.api.desk.openid_provider import (
    CLIENT_SECRET,
    Token,
    answering,
    answering_json,
    key,
)
from tests.api.desk.signing_in_there import TARA, Browser, SingleSignOn, running_desk
from tests.api.operator.serving import TOKEN
from tests.support import free_port

pytestmark = pytest.mark.xdist_group("single-sign-on")

Claims = dict[str, Any]
_THEIRS = "words of the provider"


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
    desk.provider.forge = None
    desk.provider.instead.clear()
    async with desk.browser() as browser:
        yield browser
    desk.provider.forge = None
    desk.provider.instead.clear()


def with_claims(**changed: Any) -> Token:
    """Return what signs honestly, and says something else; None leaves it out."""

    def forge(header: Claims, claims: Claims, signs: RSAKey) -> str:
        now = time.time()
        told = {
            name: int(now + value) if name in {"exp", "iat", "nbf"} else value
            for name, value in changed.items()
            if value is not None
        }
        kept = {name: claims[name] for name in claims if name not in changed}
        return jwt.encode(header, kept | told, signs)

    return forge


def part(content: object) -> str:
    """Write a part of a token."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(body).decode().rstrip("=")


def unsigned(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Say that no signature is needed."""
    del signs
    return f"{part({**header, 'alg': 'none'})}.{part(claims)}."


def by_the_public_key(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Take what everybody knows for a shared secret."""
    said = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    public = signs.as_pem(private=False)
    return f"{said}.{part(hmac.digest(public, said.encode(), 'sha256'))}"


def by_another_key(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Sign by a key of one's own under the name of the provider's."""
    del signs
    return jwt.encode(header, claims, key())


def by_an_unknown_key(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Sign by a key that is not published."""
    del signs
    other = key()
    return jwt.encode({**header, "kid": other.kid}, claims, other)


def by_the_client_secret(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Sign by what the client and the provider share."""
    del signs
    said = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    signature = hmac.digest(CLIENT_SECRET.encode(), said.encode(), "sha256")
    return f"{said}.{part(signature)}"


def nested(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Send what exhausts a parser."""
    del claims, signs
    return f"{part(header)}.{part(b'[' * 60_000)}.{part(b'x')}"


TOKENS: dict[str, tuple[Token, str]] = {
    "none": (unsigned, "id-token-algorithm"),
    "HS256 by the public key": (by_the_public_key, "id-token-algorithm"),
    "HS256 by the client secret": (by_the_client_secret, "id-token-algorithm"),
    "another key": (by_another_key, "id-token-signature"),
    "unknown key": (by_an_unknown_key, "id-token-key"),
    "expired": (with_claims(exp=-90, iat=-200), "id-token-expired"),
    "no exp": (with_claims(exp=None), "id-token-malformed"),
    "of the future": (with_claims(iat=90), "id-token-iat"),
    "not yet": (with_claims(nbf=90), "id-token-nbf"),
    "other issuer": (with_claims(iss="http://localhost"), "id-token-iss"),
    "other audience": (with_claims(aud="another client"), "id-token-aud"),
    "for others too": (with_claims(aud=["letterbox desk", "x"]), "id-token-azp"),
    "used by another": (with_claims(azp="another client"), "id-token-azp"),
    "other nonce": (with_claims(nonce="of another sign-in"), "id-token-nonce"),
    "no nonce": (with_claims(nonce=None), "id-token-nonce"),
    "other access token": (with_claims(at_hash="x" * 22), "id-token-at_hash"),
    "no subject": (with_claims(sub=None), "id-token-sub"),
    "empty subject": (with_claims(sub=""), "id-token-sub"),
    "a number for a subject": (with_claims(sub=17), "id-token-sub"),
    "long subject": (with_claims(sub="x" * 256), "id-token-sub"),
    "nested": (nested, "id-token-signature"),
    "no token": (lambda *_: "a.b.c", "id-token-malformed"),
    "ü": (lambda *_: "ü", "id-token-malformed"),
}


@pytest.mark.parametrize("name", TOKENS)
async def test_an_id_token_that_is_not_valid_opens_nothing(
    name: str, browser: Browser, desk: SingleSignOn
) -> None:
    """The page says that the provider is at fault, the log says what is wrong."""
    desk.provider.forge, code = TOKENS[name]

    with capture_logs() as logs:
        answer = await browser.sign_in()

    assert answer.status_code == 502
    assert "its ID token is " in answer.text or "its ID token has" in answer.text
    assert not browser.is_signed_in
    [failed] = [one for one in logs if one["event"] == "sign-in failed"]
    assert failed["code"] == code


@pytest.mark.parametrize(
    "forge", [with_claims(exp=-30, iat=-90), with_claims(iat=30), with_claims(nbf=30)]
)
async def test_clocks_may_differ_by_half_a_minute(
    forge: Token, browser: Browser, desk: SingleSignOn
) -> None:
    """Machines do; a minute is the limit."""
    desk.provider.forge = forge

    assert (await browser.sign_in()).status_code == 200


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
    name: str, browser: Browser, desk: SingleSignOn
) -> None:
    """With a status, a code in the log, and nothing of what the provider has sent."""
    desk.provider.instead["/token"], status, code = ANSWERS[name]

    with capture_logs() as logs:
        answer = await browser.sign_in()

    assert answer.status_code == status
    assert "Signing in with Example SSO did not work: " in answer.text
    assert "Sign in with Example SSO" in answer.text
    assert _THEIRS not in answer.text + str(logs)
    [failed] = [one for one in logs if one["event"] == "sign-in failed"]
    assert failed["code"] == code


async def test_nothing_of_a_sign_in_is_logged_or_shown(
    browser: Browser, desk: SingleSignOn
) -> None:
    """Neither the code nor the state nor a token, whether it works or not."""
    seen: list[str] = []
    given: list[str] = []

    def noted(header: Claims, claims: Claims, signs: RSAKey) -> str:
        given.append(jwt.encode(header, claims, signs))
        return given[-1]

    desk.provider.forge = noted
    with capture_logs() as logs:
        for changed in ("", "x"):
            address = await browser.log_in(await browser.depart())
            given += [value for value in urlsplit(address).query.split("&") if value]
            seen.append((await browser.http.get(address + changed)).text)

    assert len(given) >= 5
    for secret in [CLIENT_SECRET, *(one.partition("=")[2] or one for one in given)]:
        assert secret not in "".join(seen)
        assert secret not in str(logs)


async def test_a_state_is_of_one_browser(browser: Browser, desk: SingleSignOn) -> None:
    """Nobody is signed in as somebody else by a link that they were sent."""
    address = await browser.log_in(await browser.depart())

    async with desk.browser() as victim:
        await victim.depart()
        answer = await victim.http.get(address)

        assert answer.status_code == 400
        assert "begun in another browser or tab" in answer.text
        assert not victim.is_signed_in


async def test_a_forged_answer_does_not_end_a_sign_in(browser: Browser) -> None:
    """Whoever makes a browser open one in between achieves nothing."""
    address = await browser.depart()

    forged = await browser.http.get(_callback(code="x", state="x"))
    answer = await browser.http.get(await browser.log_in(address))

    assert (forged.status_code, answer.status_code) == (400, 200)


async def test_an_answer_counts_once(browser: Browser, desk: SingleSignOn) -> None:
    """Neither the same address, nor a new sign-in with the code of an earlier one."""
    address = await browser.log_in(await browser.depart())
    code = dict(httpx.URL(address).params)["code"]
    assert (await browser.http.get(address)).status_code == 200

    with capture_logs() as logs:
        again = await browser.http.get(address)
        state = dict(httpx.URL(await browser.depart()).params)["state"]
        old = await browser.http.get(_callback(code=code, state=state))

    assert (again.status_code, old.status_code) == (400, 400)
    assert "it was completed before, or took too long" in old.text
    codes = [one["code"] for one in logs if one["event"] == "sign-in failed"]
    assert codes == ["state", "code-refused"]
    assert desk.provider.asked[-1] == "/token"


async def test_a_code_of_another_sign_in_lacks_its_verifier(browser: Browser) -> None:
    """The provider refuses it: a code that was seen on its way is good for nothing."""
    stolen = dict(httpx.URL(await browser.log_in(await browser.depart())).params)
    own = dict(httpx.URL(await browser.depart()).params)

    answer = await browser.http.get(_callback(code=stolen["code"], state=own["state"]))

    assert answer.status_code == 400
    assert not browser.is_signed_in


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        ("access_denied", 403, "you were not let in there"),
        ("temporarily_unavailable", 400, "it cannot do this now"),
        ("<b>anything</b>", 400, "it has not signed you in"),
    ],
)
async def test_what_the_provider_says_instead_of_a_code(
    error: str, status: int, words: str, browser: Browser
) -> None:
    """It is put into our words; who has not been there hears only of that."""
    state = dict(httpx.URL(await browser.depart()).params)["state"]
    description = {"error_description": _THEIRS}

    answer = await browser.http.get(_callback(error=error, state=state, **description))
    forged = await browser.http.get(_callback(error=error, state="x"))

    assert (answer.status_code, forged.status_code) == (status, 400)
    assert words in answer.text
    assert words not in forged.text
    assert "anything" not in answer.text
    assert _THEIRS not in answer.text


async def test_what_comes_twice_or_not_at_all_is_refused(browser: Browser) -> None:
    """Of two nobody knows which was meant."""
    statuses = []
    for rest in ("", "&code=", "&code=a&code=b", f"&code={'x' * 9000}", "&state=x"):
        state = dict(httpx.URL(await browser.depart()).params)["state"]
        answer = await browser.http.get(f"{_callback(state=state)}{rest}")
        statuses.append(answer.status_code)

    assert statuses == [400] * 5


async def test_the_answer_of_another_provider_is_refused(browser: Browser) -> None:
    """Whoever runs two, one of them hostile, must not mix them up (RFC 9207)."""
    address = await browser.log_in(await browser.depart())

    answer = await browser.http.get(f"{address}&iss=http%3A%2F%2Fother.example.com")

    assert answer.status_code == 502
    assert not browser.is_signed_in


async def test_a_provider_that_is_away_leaves_the_tokens(tmp_path: Path) -> None:
    """The page says so, and asks for one."""
    nobody = f"http://localhost:{free_port()}"
    async with (
        running_desk(tmp_path, oidc_issuer=nobody) as desk,
        desk.browser() as browser,
    ):
        away = await browser.http.get("/desk/sign-in/provider?next=/desk/holds")
        out = await browser.http.get("/desk/sign-out/provider")
        answer = await browser.http.post("/desk/sign-in", data={"token": TOKEN})

    assert (away.status_code, out.status_code) == (503, 503)
    assert "it cannot be reached" in away.text
    assert 'name="next" value="/desk/holds"' in away.text
    assert answer.status_code == 303


async def test_a_discovery_document_of_another_issuer_leads_nowhere(
    tmp_path: Path,
) -> None:
    """Else whoever answers in the provider's place would name keys of their own."""
    async with running_desk(tmp_path) as desk, desk.browser() as browser:
        desk.provider.announced = {"issuer": f"{desk.provider.issuer}/"}

        answer = await browser.http.get("/desk/sign-in/provider")

    assert answer.status_code == 502
    assert "the same to the letter" in answer.text
    assert "Location" not in answer.headers


def _callback(**fields: str) -> str:
    return f"/desk/sign-in/callback?{urlencode(fields)}"
