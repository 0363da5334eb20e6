"""An audit that repairs many at once: told of, stopped halfway, and begun anew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.facts import Limits, WorkflowFacts
from letterbox.audit.kinds import Kind
from letterbox.audit.leftovers import Leftovers
from letterbox.audit.repair import Repairs
from letterbox.audit.report import Report
from letterbox.audit.run import Audit, Tools
from letterbox.audit.walk import ShowProgress
from letterbox.domain import keys
from letterbox.domain.application import Tombstone
from letterbox.domain.ports import ObjectStore
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.record_factory import NOON
from tests.support import THOROUGH

DAMAGED = 5000 if THOROUGH else 240
NOW = datetime.now(UTC)


class Nothing:
    """A Temporal in which nothing runs, and that is not asked for anything."""

    def open(self) -> Iterator[str]:
        """List none."""
        return iter(())

    def archived(self) -> Iterator[str]:
        """List none either."""
        return iter(())

    def find(self, application_id: str) -> WorkflowFacts:
        """Know none."""
        del application_id
        return WorkflowFacts()

    def start(self, application_id: str) -> None:
        """Never be asked to."""
        raise AssertionError(application_id)

    deliver = start


class StoppedError(Exception):
    """Somebody has pressed Ctrl-C."""


def audit(store: ObjectStore, show: ShowProgress) -> Report:
    """Audit with repairs, as the command does."""
    records = open_records(Settings(), store)
    reader = EvidenceReader(store, [], fast=False)
    repairs = Repairs(
        store,
        reader=reader,
        removal=records.removal,
        candidates=records.candidates,
        holds=records.holds,
        workflows=Nothing(),
    )
    tools = Tools(
        store=store,
        reader=reader,
        workflows=Nothing(),
        leftovers=Leftovers(store),
        repairs=repairs,
        # What is begun ahead of what is told must not be all of it.
        concurrency=1,
    )
    return Audit(tools, Limits(now=NOW, max_wait=timedelta(minutes=2)), show).run()


def test_many_repairs_are_told_of_and_the_next_audit_goes_on_where_one_was_stopped(
    tmp_path: Path,
) -> None:
    """What was repaired is not found again, and what was not is."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    tombstone = Tombstone(reason="a test", removed_at=NOON).model_dump_json().encode()
    for number in range(DAMAGED):
        store.put(keys.source(f"careerjet:{number}", 1), b"{}")
        store.put(keys.tombstone(f"careerjet:{number}"), tombstone)
    shown: list[int] = []

    def stop(stage: str, done: int, total: int | None) -> None:
        del total
        if stage == "repairs":
            shown.append(done)
            if done >= DAMAGED // 6:
                raise StoppedError

    with pytest.raises(StoppedError):
        audit(store, stop)
    left = len(list(store.list(keys.APPLICATIONS)))
    report = audit(store, lambda *_: None)

    assert shown == sorted(shown)
    assert 0 < left <= DAMAGED - DAMAGED // 6
    kinds = [(one.kind, one.repaired) for one in report.findings]
    assert kinds == [(Kind.TOMBSTONE_WITH_LEFTOVERS, True)] * left
    assert audit(store, lambda *_: None).fine
