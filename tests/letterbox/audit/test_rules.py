"""The rules of the audit, on facts that are made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from letterbox.audit.facts import (
    Evidence,
    Facts,
    Limits,
    StoredObjects,
    WorkflowFacts,
    stored_objects_of,
)
from letterbox.audit.kinds import Kind
from letterbox.audit.report import Finding, Report
from letterbox.audit.rules import judge
from letterbox.domain import keys
from letterbox.domain.application import Application, Attachment, EventType, Owed, Stage
from letterbox.domain.key_owners import placed
from letterbox.domain.ports import StoredObject
from letterbox.domain.submission import Role
from tests.letterbox.archive.packing import invented

ID = "careerjet:1"
DIGEST = "a" * 64
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LIMITS = Limits(now=NOW, max_wait=timedelta(minutes=2))
YEAR = timedelta(days=365)
OPEN = WorkflowFacts(is_open=True, run_id="run", started_at=NOW - YEAR)
RECORDED = replace(OPEN, is_recorded=True)
CLOSED = replace(RECORDED, is_open=False)
CV = f"{DIGEST}.pdf"


def stored(key: str, age: timedelta = YEAR, size: int = 9) -> StoredObject:
    """Make up an object of an age."""
    return StoredObject(key, size, NOW - age)


def record(**changes: object) -> Application:
    """Make up a record with one document; its window ends in August."""
    cv = Attachment(
        role=Role.RESUME, name=CV, sha256=DIGEST, size=9, media_type="application/pdf"
    )
    return invented(ID).model_copy(update={"attachments": (cv,), **changes})


RECORD = stored(keys.record(ID))
SOURCE = stored(keys.source(ID, 1))
DOCUMENT = stored(keys.document(ID, CV))
ARCHIVE = stored(keys.archive(ID))
TOMBSTONE = stored(keys.tombstone(ID))
WAITING = stored(keys.inbox_record(ID, DIGEST))
HOLD = stored(keys.hold(ID))
MARKER = stored(keys.marker(DIGEST, ID))
QUARANTINED = stored(keys.quarantined(ID, CV))
OPEN_COPY = StoredObjects(ID, record=RECORD, sources=(SOURCE,), documents=(DOCUMENT,))
FINE = Facts(OPEN_COPY, Evidence(record=record()), OPEN)


def wrong(facts: Facts, limits: Limits = LIMITS) -> list[Kind]:
    """Name what is wrong, and no more."""
    return list(judge(facts, limits))


def of(workflow: WorkflowFacts | None = None, **found: object) -> Facts:
    """Make up the facts of an application that has left the beaten track."""
    objects = replace(StoredObjects(ID), **found)  # type: ignore[arg-type]
    return Facts(objects, workflow=workflow or WorkflowFacts())


def lost(workflow: WorkflowFacts | None = None, **found: object) -> Facts:
    """Make up the facts of an application whose sources are there, and no record."""
    facts = of(workflow, sources=(SOURCE,), **found)
    return replace(facts, evidence=Evidence(orphaned=frozenset([SOURCE.key])))


def test_an_open_application_with_all_it_needs_is_fine() -> None:
    """Its record, its source, its document and its workflow."""
    assert wrong(FINE) == []


@pytest.mark.parametrize(
    "facts",
    [
        of(archive=ARCHIVE),
        of(archive=ARCHIVE, hold=HOLD, markers=(MARKER,)),
        of(tombstone=TOMBSTONE),
        of(waiting=(stored(WAITING.key, timedelta(minutes=1)),)),
        of(OPEN, waiting=(stored(WAITING.key, timedelta(hours=47)),)),
        of(
            OPEN, waiting=(stored(WAITING.key, timedelta(hours=47)),), sources=(SOURCE,)
        ),
        of(RECORDED, archive=ARCHIVE),
        of(RECORDED, tombstone=TOMBSTONE),
        of(OPEN, archive=ARCHIVE, documents=(DOCUMENT,)),
        replace(FINE, objects=replace(OPEN_COPY, archive=ARCHIVE)),
        of(documents=(stored(DOCUMENT.key, timedelta(minutes=59)),)),
        of(documents=(DOCUMENT, stored(SOURCE.key, timedelta(minutes=1)))),
        of(WorkflowFacts(is_open=True, started_at=NOW - timedelta(minutes=4))),
        of(OPEN, tombstone=stored(TOMBSTONE.key, timedelta()), record=RECORD),
        of(
            tombstone=TOMBSTONE,
            waiting=(stored(WAITING.key, timedelta(minutes=1)),),
            documents=(stored(DOCUMENT.key, timedelta(minutes=2)),),
        ),
    ],
)
def test_whatever_a_running_system_passes_through_is_fine(facts: Facts) -> None:
    """Archived, erased, waiting, being archived, being taken in, being erased."""
    assert wrong(facts) == []


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (of(waiting=(WAITING,)), Kind.ACCEPTED_WITHOUT_WORKFLOW),
        (of(waiting=(WAITING,), archive=ARCHIVE), Kind.ACCEPTED_WITHOUT_WORKFLOW),
        (replace(FINE, workflow=WorkflowFacts()), Kind.RECORD_WITHOUT_WORKFLOW),
        (
            Facts(replace(OPEN_COPY, archive=ARCHIVE), FINE.evidence),
            Kind.ARCHIVED_AND_OPEN,
        ),
        (of(OPEN, waiting=(WAITING,)), Kind.NOT_RECORDED),
        (
            of(OPEN, waiting=(stored(WAITING.key, timedelta(hours=49)),)),
            Kind.NOT_RECORDED,
        ),
        (of(OPEN, waiting=(WAITING,), archive=ARCHIVE), Kind.NOT_RECORDED),
        (
            replace(FINE, objects=replace(OPEN_COPY, waiting=(WAITING,))),
            Kind.NOT_RECORDED,
        ),
        (lost(), Kind.RECORD_LOST),
        (lost(OPEN), Kind.RECORD_LOST),
        (lost(RECORDED), Kind.RECORD_LOST),
        (lost(documents=(DOCUMENT,), markers=(MARKER,)), Kind.RECORD_LOST),
        (lost(hold=HOLD), Kind.RECORD_LOST),
        (of(RECORDED), Kind.RECORD_MISSING),
        (of(RECORDED, documents=(DOCUMENT,)), Kind.RECORD_MISSING),
        (
            of(RECORDED, waiting=(stored(WAITING.key, timedelta()),)),
            Kind.RECORD_MISSING,
        ),
        (of(CLOSED, documents=(DOCUMENT,)), Kind.RECORD_MISSING),
        (of(CLOSED, markers=(MARKER,)), Kind.RECORD_MISSING),
        (of(CLOSED, hold=HOLD), Kind.RECORD_MISSING),
        (of(documents=(DOCUMENT,), hold=HOLD), Kind.RECORD_MISSING),
        (of(documents=(DOCUMENT,), markers=(MARKER,)), Kind.RECORD_MISSING),
        (of(documents=(QUARANTINED,)), Kind.RECORD_MISSING),
        (
            of(replace(OPEN, is_open=False), documents=(DOCUMENT,)),
            Kind.RECORD_MISSING,
        ),
        (of(hold=HOLD, markers=(MARKER,)), Kind.HOLD_ORPHAN),
        (of(OPEN), Kind.WORKFLOW_WITHOUT_RECORD),
        (of(OPEN, documents=(DOCUMENT,)), Kind.WORKFLOW_WITHOUT_RECORD),
        (of(WorkflowFacts(has_archived=True), hold=HOLD), Kind.ARCHIVE_LOST),
        (of(WorkflowFacts(has_archived=True), markers=(MARKER,)), Kind.ARCHIVE_LOST),
        (of(documents=(DOCUMENT,)), Kind.LEFTOVERS),
        (of(archive=ARCHIVE, sources=(SOURCE,)), Kind.LEFTOVERS),
        (of(tombstone=TOMBSTONE, archive=ARCHIVE), Kind.TOMBSTONE_WITH_LEFTOVERS),
        (of(tombstone=TOMBSTONE, hold=HOLD), Kind.TOMBSTONE_WITH_LEFTOVERS),
        (of(tombstone=TOMBSTONE, markers=(MARKER,)), Kind.TOMBSTONE_WITH_LEFTOVERS),
        (of(tombstone=TOMBSTONE, waiting=(WAITING,)), Kind.TOMBSTONE_WITH_LEFTOVERS),
        (of(OPEN, tombstone=TOMBSTONE, record=RECORD), Kind.TOMBSTONE_WITH_LEFTOVERS),
        (
            of(
                tombstone=stored(TOMBSTONE.key, timedelta()),
                record=stored(RECORD.key, timedelta()),
            ),
            Kind.TOMBSTONE_WITH_LEFTOVERS,
        ),
        (of(markers=(MARKER,)), Kind.MARKER_ORPHAN),
        (of(hold=HOLD), Kind.HOLD_ORPHAN),
    ],
)
def test_each_rule_finds_its_own(facts: Facts, kind: Kind) -> None:
    """And no other speaks up beside it."""
    assert wrong(facts) == [kind]


@pytest.mark.parametrize(
    ("facts", "kind", "detail"),
    [
        (
            replace(FINE, objects=replace(OPEN_COPY, documents=())),
            "DOCUMENT_MISSING",
            CV,
        ),
        (
            replace(
                FINE,
                objects=replace(OPEN_COPY, documents=(replace(DOCUMENT, size=8),)),
            ),
            "DOCUMENT_DAMAGED",
            CV,
        ),
        (
            replace(FINE, evidence=Evidence(damaged=frozenset([DOCUMENT.key]))),
            "DOCUMENT_DAMAGED",
            CV,
        ),
        (
            replace(FINE, objects=replace(OPEN_COPY, sources=())),
            "SOURCE_MISSING",
            "1.json",
        ),
        (
            replace(FINE, evidence=Evidence(unreadable=frozenset([SOURCE.key]))),
            "SOURCE_DAMAGED",
            "1.json",
        ),
        (
            replace(FINE, evidence=Evidence(unreadable=frozenset([RECORD.key]))),
            "RECORD_UNREADABLE",
            "application.json",
        ),
        (
            Facts(
                replace(OPEN_COPY, waiting=(WAITING,)),
                replace(FINE.evidence, unreadable=frozenset([WAITING.key])),
                OPEN,
            ),
            "INBOX_UNREADABLE",
            WAITING.key.rpartition("/")[2],
        ),
    ],
)
def test_what_is_broken_in_an_application_is_named(
    facts: Facts, kind: str, detail: str
) -> None:
    """By its content or its number, never by what a person called it."""
    assert judge(facts, LIMITS) == {Kind[kind]: (detail,)}


def test_a_document_in_quarantine_is_not_missing() -> None:
    """A virus scanner has put it there."""
    facts = replace(FINE, objects=replace(OPEN_COPY, documents=(QUARANTINED,)))

    assert wrong(facts) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 8, 14, 9, 29, tzinfo=UTC), []),
        (datetime(2026, 8, 21, 9, 29, tzinfo=UTC), []),
        (datetime(2026, 8, 21, 9, 31, tzinfo=UTC), [Kind.ARCHIVE_OVERDUE]),
        (datetime(2026, 8, 28, 9, 29, tzinfo=UTC), [Kind.ARCHIVE_OVERDUE]),
        (datetime(2026, 8, 28, 9, 31, tzinfo=UTC), [Kind.ARCHIVE_MISSING]),
    ],
)
def test_an_archive_is_late_from_half_the_margin_on(
    now: datetime, expected: list[Kind]
) -> None:
    """The window ends on 28 August, 9:30; archiving is due a fortnight before."""
    assert wrong(FINE, replace(LIMITS, now=now)) == expected


def test_what_came_in_late_has_time_to_be_archived() -> None:
    """Out of a backlog, recorded nine minutes ago."""
    now = datetime(2027, 1, 1, tzinfo=UTC)
    recorded = replace(RECORD, modified=now - timedelta(minutes=9))
    facts = replace(FINE, objects=replace(OPEN_COPY, record=recorded))

    assert wrong(facts, replace(LIMITS, now=now)) == []
    later = replace(LIMITS, now=now + timedelta(minutes=2))
    assert wrong(facts, later) == [Kind.ARCHIVE_MISSING]


def test_an_archive_that_was_kept_long_enough_is_not_missed() -> None:
    """It went as it was to; how long it was kept is only known by its date."""
    keeping = replace(LIMITS, archive_keep=timedelta(days=30))
    ended = WorkflowFacts(has_archived=True)

    assert wrong(of(ended)) == [Kind.ARCHIVE_LOST]
    assert wrong(of(ended), keeping) == []
    for days, expected in ((29, [Kind.ARCHIVE_LOST]), (31, [])):
        dated = replace(ended, archive_by=NOW - timedelta(days=days))
        assert wrong(of(dated), keeping) == expected


def owed(happened_at: datetime) -> Owed:
    """Make up an event that the ATS has not taken yet."""
    return Owed(
        type=EventType.UPDATED,
        delivery_id=str(happened_at.timestamp()),
        happened_at=happened_at,
        stage=Stage.MATCHED,
    )


@pytest.mark.parametrize(
    ("days", "limits", "workflow", "expected"),
    [
        (3, replace(LIMITS, has_ats=True), OPEN, []),
        (5, replace(LIMITS, has_ats=True), OPEN, [Kind.UNTOLD]),
        (5, LIMITS, OPEN, []),
        (
            5,
            replace(LIMITS, has_ats=True),
            WorkflowFacts(),
            [Kind.RECORD_WITHOUT_WORKFLOW],
        ),
    ],
)
def test_what_the_ats_is_owed_for_four_days_is_found_where_there_is_an_ats(
    days: int, limits: Limits, workflow: WorkflowFacts, expected: list[Kind]
) -> None:
    """The oldest counts; submissions are tried for three days."""
    events = (owed(NOW), owed(NOW - timedelta(days=days)))
    evidence = Evidence(record=record(owed=events))

    assert wrong(Facts(OPEN_COPY, evidence, workflow), limits) == expected


def test_a_marker_may_go_before_the_archive_that_is_kept_no_longer() -> None:
    """So it does, when the keeping ends."""
    evidence = Evidence(archived=record(), lacks_marker=True)
    facts = Facts(StoredObjects(ID, archive=ARCHIVE), evidence)

    assert wrong(facts) == [Kind.MARKER_MISSING]
    assert wrong(facts, replace(LIMITS, archive_keep=timedelta(days=30))) == []

    after = replace(LIMITS, now=record().archive_by + timedelta(days=30))
    just_copied = replace(ARCHIVE, modified=after.now)
    copied = replace(facts, objects=StoredObjects(ID, archive=just_copied))
    for days, expected in ((30, []), (31, [Kind.MARKER_MISSING])):
        assert (
            wrong(copied, replace(after, archive_keep=timedelta(days=days))) == expected
        )


def test_every_kind_of_finding_has_an_explanation() -> None:
    """Whoever finds something is told what to do."""
    for kind in Kind:
        assert kind.meaning, kind
        assert kind.remedy, kind


def test_two_findings_of_one_application_and_kind_are_joined() -> None:
    """Repaired where both were, and fine where all are."""
    one = Finding(kind=Kind.DOCUMENT_MISSING, id=ID, details=("a", "b"), repaired=True)
    both = one.joined(Finding(kind=one.kind, id=ID, details=("b", "c")))
    report = Report(
        fast=True, applications=1, objects=1, open_workflows=0, findings=(one, both)
    )

    assert both.details == ("a", "b", "c")
    assert not both.repaired
    assert report.counts == {Kind.DOCUMENT_MISSING: 2}
    assert not report.fine
    assert report.model_copy(update={"findings": (one,)}).fine


def test_objects_are_sorted_by_what_they_are() -> None:
    """A document in quarantine is a document all the same."""
    stored_objects = [
        RECORD,
        SOURCE,
        DOCUMENT,
        ARCHIVE,
        TOMBSTONE,
        WAITING,
        HOLD,
        MARKER,
    ]
    stored_objects.append(stored(keys.quarantined(ID, CV)))
    placed_objects = [
        (place, stored) for stored in stored_objects if (place := placed(stored.key))
    ]

    objects = stored_objects_of(ID, placed_objects)

    assert set(objects) == set(stored_objects)
    assert len(objects.documents) == 2
