"""Each fault strikes whom it should, as often as it should."""

import time
from typing import Any

import httpx
import pytest

from seek_sandbox.control import SandboxControl
from seek_sandbox.faults import (
    LargeAttachment,
    NullProfile,
    Partial,
    RateLimit,
    Redacted,
    Redirect,
    RefusedProfile,
    ServerError,
    Slow,
    Unauthenticated,
    VanishedAttachment,
)
from seek_sandbox.orders import ApplicationOrder
from tests.seek_sandbox.partner import PROFILE, Answer, Partner, code
from tests.seek_sandbox.receiver import Receiver

TWO = ApplicationOrder(count=2, attachments=["Resume"], questionnaire=True)
OPENING = """
query ($id: String!) { candidateProfile(id: $id) {
  createDateTime
  associatedPositionProfile { positionTitle positionOpening { statusCode } }
} }
"""


async def _two(control: SandboxControl) -> tuple[str, str]:
    one, other = await control.apply(TWO)
    return one.application_profile_id or "", other.application_profile_id or ""


async def _document(partner: Partner, profile_id: str) -> str:
    profile = await partner.profile(profile_id)
    return str(profile["attachments"][0]["url"])


def _fine(answer: Answer) -> bool:
    return "errors" not in answer and bool(answer["data"]["candidateProfile"])


async def test_a_fault_ends_by_itself_or_when_lifted(
    partner: Partner, control: SandboxControl
) -> None:
    """For the next two calls, or until lifted; standing faults can be listed."""
    profile, _ = await _two(control)
    await control.fault(RefusedProfile(times=2))
    counted = [_fine(await partner.ask(PROFILE, id=profile)) for _ in range(3)]
    standing = await control.fault(RefusedProfile())
    until = [_fine(await partner.ask(PROFILE, id=profile)) for _ in range(3)]
    await control.lift(standing.number)
    lifted = await partner.ask(PROFILE, id=profile)
    await control.fault(NullProfile())
    await control.lift()

    assert (counted, until) == ([False, False, True], [False] * 3)
    assert _fine(lifted)
    assert _fine(await partner.ask(PROFILE, id=profile))


async def test_a_fault_may_be_of_one_application(
    partner: Partner, control: SandboxControl
) -> None:
    """The other one is not touched, and does not use it up."""
    struck, other = await _two(control)
    for fault in (
        RefusedProfile(profile_id=struck, times=1),
        RateLimit(profile_id=struck, times=1, code="SLOW_DOWN"),
        Unauthenticated(profile_id=struck, times=1),
        Partial(profile_id=struck, times=1),
    ):
        await control.fault(fault)

        assert _fine(await partner.ask(PROFILE, id=other))
        assert not _fine(await partner.ask(PROFILE, id=struck))
        assert _fine(await partner.ask(PROFILE, id=struck))


async def test_the_unauthenticated_fault_refuses_a_good_token(
    partner: Partner, control: SandboxControl
) -> None:
    """GraphQL, downloads and the token endpoint each on their own."""
    profile, _ = await _two(control)
    url = await _document(partner, profile)
    for target in ("graphql", "attachment", "token"):
        await control.fault(Unauthenticated.model_validate({"target": target}))

    refused = await partner.ask(PROFILE, id=profile)

    assert code(refused) == "UNAUTHENTICATED"
    assert (await partner.download(url)).status_code == 401
    assert (await partner.log_in()).status_code == 401


async def test_too_many_calls(partner: Partner, control: SandboxControl) -> None:
    """As HTTP 429, or as any code; with Retry-After or without."""
    profile, _ = await _two(control)
    url = await _document(partner, profile)
    await control.fault(RateLimit(times=1, retry_after=7))
    await control.fault(RateLimit(times=1, code="TOO_FAST", retry_after=None))
    await control.fault(RateLimit(times=1, target="attachment"))

    http = await partner.post(PROFILE, id=profile)
    coded = await partner.post(PROFILE, id=profile)
    download = await partner.download(url)

    assert (http.status_code, http.headers["Retry-After"]) == (429, "7")
    assert (coded.status_code, code(coded.json())) == (200, "TOO_FAST")
    assert "Retry-After" not in coded.headers
    assert (download.status_code, download.headers["Retry-After"]) == (429, "1")
    assert _fine(await partner.ask(PROFILE, id=profile))


async def test_seek_is_broken(partner: Partner, control: SandboxControl) -> None:
    """An answer that is no JSON, or an error of GraphQL."""
    profile, _ = await _two(control)
    await partner.log_in()
    await control.fault(ServerError(times=1, status=502))
    await control.fault(ServerError(times=1, code="INTERNAL_SERVER_ERROR"))
    await control.fault(ServerError(times=1, target="token"))

    http = await partner.post(PROFILE, id=profile)
    coded = await partner.ask(PROFILE, id=profile)
    token = await partner.log_in()

    assert (http.status_code, http.text[:6]) == (502, "<html>")
    assert code(coded) == "INTERNAL_SERVER_ERROR"
    assert token.status_code == 503


async def test_seek_is_slow(partner: Partner, control: SandboxControl) -> None:
    """The answer is right, and late; who does not wait is not answered."""
    profile, _ = await _two(control)
    await partner.log_in()
    await control.fault(Slow(seconds=0.5, times=1))
    await control.fault(Slow(seconds=60, times=1))

    begun = time.monotonic()
    late = await partner.ask(PROFILE, id=profile)
    took = time.monotonic() - begun
    with pytest.raises(httpx.ReadTimeout):
        await partner.http.post(
            "/graphql", json={"query": PROFILE}, headers=partner.headers, timeout=0.2
        )

    assert _fine(late)
    assert took >= 0.5


async def test_partial_data(partner: Partner, control: SandboxControl) -> None:
    """Null and an error with the path, the rest as it is; null goes up if it must."""
    profile, _ = await _two(control)
    await control.fault(Partial(times=1))
    questions = await partner.ask(PROFILE, id=profile)
    field = "PostedPositionProfile.positionOpening"
    await control.fault(Partial(field=field, code="ODD", times=1))
    opening = await partner.ask(OPENING, id=profile)

    shown = questions["data"]["candidateProfile"]
    assert code(questions) == "FORBIDDEN"
    assert questions["errors"][0]["path"] == [
        "candidateProfile",
        "seekQuestionnaireSubmission",
    ]
    assert shown["seekQuestionnaireSubmission"] is None
    assert shown["candidate"]["person"]["name"]["formattedName"]
    assert code(opening) == "ODD"
    assert opening["errors"][0]["path"][-1] == "positionOpening"
    assert opening["data"]["candidateProfile"]["associatedPositionProfile"] is None
    assert opening["data"]["candidateProfile"]["createDateTime"]
    with pytest.raises(httpx.HTTPStatusError):
        await control.fault(Partial.model_construct(kind="partial", field="No.such"))


async def test_an_application_is_refused_or_gone(
    partner: Partner, control: SandboxControl
) -> None:
    """FORBIDDEN, BAD_USER_INPUT, or null without an error."""
    profile, _ = await _two(control)
    await control.fault(RefusedProfile(times=1))
    await control.fault(RefusedProfile(times=1, code="BAD_USER_INPUT"))
    answers = [await partner.ask(PROFILE, id=profile) for _ in range(2)]
    await control.fault(NullProfile(times=1))
    gone = await partner.ask(PROFILE, id=profile)

    assert [code(answer) for answer in answers] == ["FORBIDDEN", "BAD_USER_INPUT"]
    assert gone == {"data": {"candidateProfile": None}}


async def test_the_redacted_fault_shows_an_application_as_deleted(
    partner: Partner, control: SandboxControl
) -> None:
    """Static names, no family, empty lists, no questionnaire; documents are gone."""
    profile, _ = await _two(control)
    url = await _document(partner, profile)
    await control.fault(Redacted(profile_id=profile))

    shown = await partner.profile(profile)
    person = shown["candidate"]["person"]

    assert person["name"] == {
        "formattedName": "redacted",
        "given": "redacted",
        "family": None,
    }
    assert person["communication"] == {"email": [], "phone": []}
    assert (shown["attachments"], shown["employment"]) == ([], [])
    assert shown["seekQuestionnaireSubmission"] is None
    assert shown["profileId"]["value"] == profile
    assert (await partner.download(url)).status_code == 404


async def test_a_document_vanished(partner: Partner, control: SandboxControl) -> None:
    """It is listed still; with what status it is missing may be chosen."""
    profile, _ = await _two(control)
    url = await _document(partner, profile)
    await control.fault(VanishedAttachment(times=1))
    await control.fault(VanishedAttachment(times=1, status=410))

    statuses = [(await partner.download(url)).status_code for _ in range(3)]

    assert statuses == [404, 410, 200]


@pytest.mark.parametrize("declared", [True, False])
async def test_the_large_attachment_fault_sends_that_many_bytes(
    partner: Partner,
    control: SandboxControl,
    declared: bool,  # noqa: FBT001 pytest's own call
) -> None:
    """With its length told beforehand, or not."""
    profile, _ = await _two(control)
    url = await _document(partner, profile)
    await control.fault(LargeAttachment(size=3_000_000, declared=declared, times=1))

    answer = await partner.download(url)

    assert len(answer.content) == 3_000_000
    assert ("Content-Length" in answer.headers) is declared


async def test_a_download_is_redirected(
    partner: Partner, control: SandboxControl, receiver: Receiver
) -> None:
    """Within the origin the document is there; elsewhere the token must not go."""
    profile, _ = await _two(control)
    url = await _document(partner, profile)
    await control.fault(Redirect(times=1))
    await control.fault(Redirect(times=1, location=receiver.url, status=307))

    within = await partner.download(url)
    foreign = await partner.download(url)
    moved = await partner.download(within.headers["Location"])

    assert within.status_code == 302
    assert httpx.URL(within.headers["Location"]).host == httpx.URL(url).host
    assert moved.status_code == 200
    assert (foreign.status_code, foreign.headers["Location"]) == (307, receiver.url)
    assert receiver.received == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "no such fault"},
        {"kind": "slow"},
        {"kind": "rate-limit", "target": "token", "code": "X"},
        {"kind": "partial", "field": "CandidateProfile.nonsense"},
        {"kind": "redacted", "times": 0},
        {"kind": "redacted", "nonsense": 1},
    ],
    ids=str,
)
async def test_an_order_that_makes_no_sense_is_refused(
    partner: Partner, fault: dict[str, Any]
) -> None:
    """A misspelt fault must not pass for one that strikes nobody."""
    answer = await partner.http.post("/sandbox/faults", json=fault)

    assert answer.status_code == 422


async def test_the_faults_are_documented(partner: Partner) -> None:
    """The control API describes itself, at /docs."""
    described = (await partner.http.get("/openapi.json")).json()

    schemas = described["components"]["schemas"]
    assert "429" in schemas["RateLimit"]["description"]
    assert "/sandbox/faults" in described["paths"]
