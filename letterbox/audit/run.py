"""
An audit from beginning to end: the store and Temporal are compared, both ways.

``Audit.run`` walks the store and looks at each application (``Examiner``); then at
what only Temporal or a candidate's marker knows of. What is wrong (``judge``) is
repaired at once if there are ``repairs``, and added to the report.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.examine import Examiner, Judgement
from letterbox.audit.facts import Limits, PlacedObject, StoredObjects, Workflows
from letterbox.audit.kinds import Kind
from letterbox.audit.leftovers import Leftovers
from letterbox.audit.owed import owed_findings
from letterbox.audit.repair import Repairs
from letterbox.audit.report import Finding, FindingList, Report, load_last_result
from letterbox.audit.walk import SeenApplications, ShowProgress, count_objects
from letterbox.domain.ids import key_part
from letterbox.domain.ports import ObjectStore
from letterbox.journal.proof import JournalProof, Proof
from letterbox.parallel import in_parallel

CONCURRENCY = 8
# Handing work to a thread costs as much as a look at an application.
_BATCH = 32
_MAX_JOURNAL_DETAILS = 1000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What an audit works with; without ``repairs`` it only reports."""

    store: ObjectStore
    reader: EvidenceReader
    workflows: Workflows
    leftovers: Leftovers
    repairs: Repairs | None = None
    concurrency: int = CONCURRENCY
    """How many applications are looked at, and repaired, at once."""


class Audit:
    """
    One audit. Blocking; its memory grows by some 30 bytes for each application.

    ``show`` is called now and then with the progress; what it raises ends the audit.
    """

    def __init__(self, tools: Tools, limits: Limits, show: ShowProgress) -> None:
        self._tools = tools
        self._limits = limits
        self._show = show
        self._findings = FindingList()
        self._is_stopped = False
        self._seen = SeenApplications(tools.store, tools.workflows)
        self._examiner = Examiner(
            tools.store,
            reader=tools.reader,
            workflows=tools.workflows,
            limits=limits,
            overlong=self._seen.overlong,
        )

    def run(self) -> Report:
        """Walk the store, then look at what only Temporal or a marker knows of."""
        tools, seen, show = self._tools, self._seen, self._show
        with ThreadPoolExecutor(tools.concurrency) as pool, self._stopping():
            listing = pool.submit(seen.list_open)
            counts = count_objects(tools.store, self._limits.now, show)
            open_workflows = listing.result()
            applications = 0
            for done in self._look(pool, self._check, seen.walk()):
                # Others may have arrived since they were counted.
                show("applications", done, max(done, counts.applications))
                applications = done
            for done in self._look(pool, self._examine, seen.without_objects()):
                show("workflows", done, None)
            for done in self._look(pool, self._examine_marker, seen.stray_markers()):
                show("markers", done, None)
            is_repair = tools.repairs is not None
            owed = owed_findings(
                tools.store, tools.workflows, self._limits, repair=is_repair
            )
            self._findings.extend(owed)
            last = load_last_result(tools.store)
            proof = JournalProof(
                tools.store, fast=tools.reader.fast, now=self._limits.now, show=show
            ).run(last.journal if last else None)
            self._findings.extend(_journal_findings(proof))
        leftovers = tools.leftovers.findings(counts, self._limits.now, repair=is_repair)
        self._findings.extend(leftovers)
        return Report(
            fast=tools.reader.fast,
            applications=applications,
            objects=counts.objects,
            open_workflows=open_workflows,
            findings=self._findings.all(),
            journal_entries=proof.entries,
            journal_heads=proof.heads,
        )

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Look at nothing more, and repair nothing more, once the audit is ended."""
        try:
            yield
        except BaseException:
            # Ctrl-C, too: the threads that repair do not hear of it otherwise.
            self._is_stopped = True
            raise

    def _look(
        self,
        pool: ThreadPoolExecutor,
        function: Callable[[Item], list[Finding]],
        items: Iterable[Item],
    ) -> Iterator[int]:
        """Look at many items at once, and yield now and then how many are done."""

        def look(batch: Sequence[Item]) -> list[list[Finding]]:
            return [function(item) for item in batch if not self._is_stopped]

        done, ahead = 0, 2 * self._tools.concurrency
        for results in in_parallel(pool, look, _batches(items), ahead=ahead):
            self._findings.extend(chain.from_iterable(results))
            done += len(results)
            if self._findings.repaired:
                self._show("repairs", self._findings.repaired, None)
            yield done

    def _check(self, walked: tuple[StoredObjects, bool]) -> list[Finding]:
        objects, is_open = walked
        return self._repair(self._examiner.quick_check(objects, is_open=is_open))

    def _examine(self, application_id: str) -> list[Finding]:
        part = key_part(application_id)
        return self._repair(self._examiner.examine(part, application_id))

    def _examine_marker(self, marker: PlacedObject) -> list[Finding]:
        return self._repair(self._examiner.examine(marker[0].part, marker=marker))

    def _repair(self, judgement: Judgement) -> list[Finding]:
        """Turn what is wrong into findings, repaired as far as repairs are wanted."""
        facts, wrong = judgement
        repairs = self._tools.repairs
        return [
            Finding(
                kind=kind,
                id=facts.evidence.application_id or facts.objects.part,
                details=details,
                repaired=repairs is not None and repairs.repair(kind, facts),
            )
            for kind, details in wrong.items()
        ]


def _batches(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    items = iter(items)
    return iter(lambda: list(islice(items, _BATCH)), [])


def _journal_findings(proof: Proof) -> Iterator[Finding]:
    """Turn what is wrong with the journal into one finding."""
    if proof.problems:
        yield Finding(
            kind=Kind.JOURNAL_BROKEN,
            count=len(proof.problems),
            details=tuple(proof.problems[:_MAX_JOURNAL_DETAILS]),
        )
