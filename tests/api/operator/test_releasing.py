"""A document that the virus scanner is wrong about, taken out of quarantine."""

from hashlib import sha256

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Flag
from tests.api.desk.signed_in import page_of, signed_in
from tests.api.operator.operator_server import OperatorServer
from tests.record_factory import attachment

pytestmark = pytest.mark.xdist_group("operator")

_BODY = b"%PDF-1.4 a false alarm"
NAME = f"{sha256(_BODY).hexdigest()}.pdf"
_REASON = {"reason": "looked at by IT, case 4711"}


async def _quarantined(server: OperatorServer) -> str:
    """Have an application, a document of which the scanner objects to."""
    one = await server.recorded()
    applications = server.records.applications
    before = applications.find(one)
    assert before
    bad = attachment(NAME, scan="infected").model_copy(
        update={"sha256": sha256(_BODY).hexdigest(), "size": len(_BODY)}
    )
    after = before.model_copy(update={"attachments": (*before.attachments, bad)})
    applications.update(after.with_flag(Flag.INFECTED, is_up=True), before)
    server.store.put(keys.quarantined(one, NAME), _BODY)
    return one


async def test_a_document_leaves_quarantine_for_a_reason(
    server: OperatorServer,
) -> None:
    """It can be read then, and who vouches for it is kept with it."""
    one = await _quarantined(server)
    rest = f"/documents/{NAME}"
    locked = await server.ask("GET", one, rest)

    done = await server.ask("POST", one, f"{rest}/release", json=_REASON)
    again = await server.ask("POST", one, f"{rest}/release", json=_REASON)

    read = await server.ask("GET", one, rest)
    kept = (await server.ask("GET", one)).json()
    assert locked.status_code == 403
    assert (done.status_code, again.status_code) == (200, 200), done.text
    assert (read.status_code, read.content) == (200, _BODY)
    [of_it] = [found for found in kept["attachments"] if found["name"] == NAME]
    assert of_it["scan"] == "released"
    assert of_it["released"]["reason"] == _REASON["reason"]
    assert of_it["released"]["by"] == "operator API"
    assert Flag.INFECTED not in kept["flags"]


async def test_a_release_is_refused_to_who_may_not_and_of_what_is_sound(
    server: OperatorServer,
) -> None:
    """It may be the machines of others that suffer: an admin has to say so."""
    one = await _quarantined(server)
    rest = f"/documents/{NAME}/release"
    refused = {}
    for name in ("tara", "paul", "ats-other"):
        async with server.named(name) as client:
            answer = await client.post(f"/applications/{one}{rest}", json=_REASON)
            refused[name] = answer.status_code
    named = await server.ask("POST", one, rest, json={"reason": "Ada Example's CV"})
    blank = await server.ask("POST", one, rest, json={"reason": " "})
    sound = await server.ask(
        "POST", one, f"/documents/{'1' * 64}.pdf/release", json=_REASON
    )
    nobody = await server.ask("POST", "careerjet:nobody", rest, json=_REASON)

    assert refused == {"tara": 403, "paul": 403, "ats-other": 404}
    assert (named.status_code, blank.status_code) == (409, 422)
    assert (sound.status_code, nobody.status_code) == (409, 404)
    assert server.store.get(keys.quarantined(one, NAME)) == _BODY


async def test_the_desk_releases_a_document(server: OperatorServer) -> None:
    """Its page asks for the reason, and says it then; others are not offered it."""
    one = await _quarantined(server)
    offer = "The virus scanner is wrong about it"
    async with (
        signed_in(server) as admin,
        signed_in(server, server.tokens["tara"]) as tara,
    ):
        offered = await admin.open(page_of(one))
        not_offered = await tara.open(page_of(one))
        typed = await tara.act(one, "release-document", name=NAME, reason="case 4711")
        blank = await admin.act(one, "release-document", name=NAME)
        wrong = await admin.act(one, "release-document", name="cv.pdf", reason="case")
        done = await admin.act(one, "release-document", name=NAME, reason="case 4711")
        page = await admin.open(done.headers["Location"])

    assert offer in offered
    assert offer not in not_offered
    assert typed.status_code == 403
    assert (blank.status_code, wrong.status_code) == (400, 400)
    assert "Say why" in blank.text
    assert f'id="release-{NAME}"' in blank.text.partition("aria-invalid")[0]
    assert "The document is out of quarantine, and stays out." in page
    assert "desk: operator" in page
    assert "case 4711" in page
    assert offer not in page
