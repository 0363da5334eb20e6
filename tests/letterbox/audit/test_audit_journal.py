"""An audit proves the journal, and leaves what the next one proves it by."""

from datetime import UTC, datetime, timedelta

import pytest

from letterbox.audit.kinds import Kind
from letterbox.audit.report import load_last_result, save_last_result
from letterbox.domain.journal import EntryName
from letterbox.domain.journal_actions import JournalAction
from letterbox.journal.proof import accept
from letterbox.journal.writer import Journal
from letterbox.storage.objects import listed_keys
from tests.audit_fixture import AuditFixture


def write(system: AuditFixture, count: int) -> list[str]:
    """Have one writer write entries, and return their keys."""
    journal = Journal(system.store)
    return [
        journal.write(
            JournalAction.READ, operator="jane.doe", by="jane.doe", application="a:b"
        )
        for _ in range(count)
    ]


async def audit(system: AuditFixture, *, fast: bool = False) -> list[str]:
    """Audit as the command does, and return what is wrong with the journal."""
    report = await system.audit(fast=fast)
    save_last_result(system.store, report, datetime.now(UTC))
    return [
        detail
        for finding in report.findings
        if finding.kind is Kind.JOURNAL_BROKEN
        for detail in finding.details
    ]


async def test_a_whole_journal_is_no_finding_and_its_ends_are_noted(
    system: AuditFixture,
) -> None:
    """None of its objects is taken for somebody else's."""
    write(system, 5)

    assert [await audit(system), await audit(system, fast=True)] == [[], []]
    report = await system.audit()
    last = load_last_result(system.store)
    assert report.fine
    assert report.journal_entries == 7  # With the two notes.
    assert last
    assert last.journal
    assert system.store.get(last.journal.partition(" ")[0])


@pytest.mark.parametrize("lost", ["the last entry", "all of them", "the note"])
async def test_what_was_cut_from_the_end_is_found_by_the_audit_before(
    lost: str, system: AuditFixture
) -> None:
    """Whether one is missing, the whole chain, or the note that tells of it."""
    written = write(system, 5)
    assert await audit(system) == []
    [note] = [key for key in listed_keys(system.store, "journal/") if "/notes/" in key]
    gone = {"the last entry": written[-1:], "all of them": written, "the note": [note]}
    for key in gone[lost]:
        system.store.delete(key)

    [problem] = await audit(system, fast=True)
    again = await audit(system)

    name = EntryName.of(gone[lost][-1])
    assert name
    assert f"{name.chain} {name.number} is missing" in problem
    # The last result names the note of the audit that has found it.
    assert again == ([] if lost == "the note" else [problem])


async def test_what_is_known_to_be_broken_is_accepted_by_a_person(
    system: AuditFixture,
) -> None:
    """The audit is fine again, and the metric with it."""
    written = write(system, 5)
    system.store.delete(written[2])
    problems = await audit(system)
    accept(system.store, problems, "root", datetime.now(UTC) + timedelta(seconds=1))

    assert len(problems) == 1
    assert await audit(system) == []
    last = load_last_result(system.store)
    assert last
    assert last.fine
