"""One application from SEEK, from its notice to its record."""

from hashlib import sha256
from typing import Any

from letterbox.domain import keys
from letterbox.domain.answers import AnswerKind
from letterbox.domain.application import Stage
from letterbox.temporal import search_attributes as attributes
from letterbox_cli.samples import OPEN_POSITION
from seek_sandbox.faults import Partial
from tests.end_to_end.seek.seek_stack import ANSWERED_WITHIN, Desk, of

ROLES = ["Resume", "CoverLetter", "SelectionCriteria", None]


async def documents(desk: Desk, profile: dict[str, Any]) -> list[bytes]:
    """Download what SEEK has, as anybody else would."""
    downloads = [
        await desk.partner.download(one["url"]) for one in profile["attachments"]
    ]
    return [answer.content for answer in downloads]


async def test_a_seek_application_is_fetched_whole(desk: Desk) -> None:
    """The record says what SEEK says, and every document is there to the byte."""
    emitted = await desk.apply(attachments=ROLES, questionnaire=True)

    record = await desk.recorded(emitted)

    said = await desk.partner.profile(emitted.application_profile_id)
    person = said["candidate"]["person"]
    name = record.candidate.person.name
    assert person["name"] == {
        "formattedName": name.formatted,
        "given": name.given,
        "family": name.family,
    }
    assert [one.address for one in record.candidate.emails] == [
        one["address"] for one in person["communication"]["email"]
    ]
    assert [one.formatted_number for one in record.candidate.phones] == [
        one["formattedNumber"] for one in person["communication"]["phone"]
    ]
    assert [
        {
            "organization": {"name": employer.organization},
            "positionHistories": [
                {"title": job.title, "start": job.start, "end": job.end}
                for job in employer.positions
            ],
        }
        for employer in record.candidate.employment
    ] == said["employment"]
    contents = await documents(desk, said)
    assert len(contents) == len(ROLES)
    for attachment, content in zip(record.attachments, contents, strict=True):
        assert attachment.sha256 == sha256(content).hexdigest()
        assert attachment.name
        assert desk.store.get(keys.document(record.id, attachment.name)) == content
    assert [one.role for one in record.attachments] == [
        *("RESUME", "COVER_LETTER", "SELECTION_CRITERIA", "OTHER")
    ]
    assert record.flags == ()


async def test_the_questionnaire_is_kept_with_its_consent(desk: Desk) -> None:
    """Free text to the blank, choices, and what the candidate agreed to."""
    emitted = await desk.apply(questionnaire=True)

    record = await desk.recorded(emitted)

    answers = list(record.answers)
    [why] = [one for one in answers if one.kind is AnswerKind.TEXT]
    [consent] = [one for one in answers if one.kind is AnswerKind.CONSENT]
    said = await desk.partner.profile(emitted.application_profile_id)
    assert why.answer == "  Because.\n\nI like letters. ☂  "
    assert consent.consent_given is True
    assert answers[0].score == said["seekQuestionnaireSubmission"]["score"]


async def test_a_seek_application_is_matched_and_found_by_search_attributes(
    desk: Desk,
) -> None:
    """By the hirer's reference; Temporal's list filters by ad, hirer and stage."""
    emitted = await desk.apply()

    record = await desk.recorded(emitted)

    ad = record.source.position_profile
    assert ad
    assert ad.hirer_job_reference == OPEN_POSITION
    assert ad.profile_id == emitted.position_profile_id
    assert [one.id for one in ad.organizations] == [emitted.hirer_id]
    assert (record.stage, record.position.reference) == (Stage.MATCHED, OPEN_POSITION)
    assert record.position.matched_by == "reference"
    found = await desk.dated(emitted, record.archive_by)
    assert found.get(attributes.STAGE) == "matched"
    assert found.get(attributes.POSITION) == OPEN_POSITION
    assert found.get(attributes.POSTING) == emitted.position_profile_id
    assert found.get(attributes.HIRER) == emitted.hirer_id


async def test_two_webhooks_and_polling_make_one_application(
    desk: Desk,
) -> None:
    """A repeat fetches again and keeps the newer view; polling leaves it alone."""
    emitted = await desk.apply()
    await desk.recorded(emitted)

    await desk.control.replay(emitted.event_id, wait=ANSWERED_WITHIN)
    twice = await desk.recorded(emitted, lambda record: len(record.views) == 2)
    await desk.reconcile()

    assert desk.applications.find(of(emitted)) == twice
    assert (twice.shown_view, len(twice.attachments)) == (2, 2)
    kept = [stored.key for stored in desk.store.list(keys.application(of(emitted)))]
    assert [key for key in kept if "/source/" in key] == [
        keys.source(of(emitted), 1),
        keys.source(of(emitted), 2),
    ]
    assert await desk.asked() == 2
    runs = f'WorkflowId = "{of(emitted)}"'
    assert (await desk.client.count_workflows(runs)).count == 1


async def test_a_newer_view_takes_the_records_place(desk: Desk) -> None:
    """SEEK sends again when it has put something right; the first stays a source."""
    fault = await desk.control.fault(Partial())
    emitted = await desk.apply(questionnaire=True)
    before = await desk.recorded(emitted)
    await desk.control.lift(fault.number)

    await desk.control.replay(emitted.event_id, wait=ANSWERED_WITHIN)

    after = await desk.recorded(emitted, lambda record: len(record.views) == 2)
    assert (before.answers, before.flags) == ((), ("incomplete",))
    assert (len(after.answers), after.flags) == (5, ())
    assert (after.candidate, after.position) == (before.candidate, before.position)
    assert after.archive_by == before.archive_by
    assert desk.applications.view(of(emitted), 1).said


async def test_one_token_serves_all_calls_to_seek(desk: Desk) -> None:
    """Fetched once, renewed when SEEK no longer takes it; each call says who asks."""
    first = [await desk.apply(person=None) for _ in range(3)]
    for one in first:
        await desk.recorded(one)
    fetched = await desk.asked("token")

    await desk.control.expire_tokens()
    await desk.recorded(await desk.apply())

    calls = (await desk.control.calls()).calls
    assert (fetched, await desk.asked("token")) == (1, 2)
    assert {call.user_agent for call in calls} == {"letterbox/0.1.0"}
    assert len({call.request_id for call in calls} - {None}) == len(calls)
