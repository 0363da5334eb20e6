"""The audit: a walk over the store and Temporal, both ways."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol, TypeVar

from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.examine import Examiner, Verdict
from letterbox.audit.facts import Found, Limits, StoredObjects, Workflows
from letterbox.audit.kinds import Kind
from letterbox.audit.leftovers import Leftovers
from letterbox.audit.owed import owed_findings
from letterbox.audit.repair import Repairs
from letterbox.audit.report import Finding, Report
from letterbox.audit.walk import SeenApplications, count
from letterbox.domain.ids import key_part
from letterbox.domain.ports import ObjectStore
from letterbox.parallel import in_parallel

CONCURRENCY = 8
# Handing work to a thread costs as much as a look at an application.
_BATCH = 32
# After a loss everything may be wrong at once: of each kind so many are named.
_NAMED = 10_000

Item = TypeVar("Item")


class ShowProgress(Protocol):
    """Is told now and then how far the audit is; what it raises ends it."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What an audit walks over, and what it may do; ``repairs`` None only reports."""

    store: ObjectStore
    witness: EvidenceReader
    workflows: Workflows
    leavings: Leftovers
    repairs: Repairs | None = None
    at_a_time: int = CONCURRENCY
    """Applications that are looked at, and repaired, at once."""


class Audit:
    """One audit. Blocking; its memory grows by some 30 bytes for each application."""

    def __init__(self, tools: Tools, limits: Limits, show: ShowProgress) -> None:
        self._tools = tools
        self._limits = limits
        self._show = show
        self._findings: dict[tuple[Kind, str | None], Finding] = {}
        self._named: Counter[Kind] = Counter()
        self._unnamed: Counter[tuple[Kind, bool]] = Counter()
        self._repaired = 0
        self._is_stopped = False
        self._ledger = SeenApplications(tools.store, tools.workflows)
        self._examiner = Examiner(
            tools.store,
            witness=tools.witness,
            workflows=tools.workflows,
            limits=limits,
            named=self._ledger.overlong,
        )

    def run(self) -> Report:
        """Walk the store, then look at what only Temporal or a marker knows of."""
        ledger, show = self._ledger, self._show
        with ThreadPoolExecutor(self._tools.at_a_time) as pool, self._stopping():
            listing = pool.submit(ledger.list_open)
            census = count(self._tools.store, self._limits.now, show)
            open_workflows = listing.result()
            applications = 0
            for done in self._each(pool, self._glance, ledger.walk()):
                # Meanwhile others may have arrived.
                show("applications", done, max(done, census.applications))
                applications = done
            for done in self._each(pool, self._examine, ledger.unmet()):
                show("workflows", done, None)
            for done in self._each(pool, self._examine_marker, ledger.stray_markers()):
                show("markers", done, None)
            tools, is_repair = self._tools, self._tools.repairs is not None
            owed = owed_findings(
                tools.store, tools.workflows, self._limits, repair=is_repair
            )
            self._note(owed)
        leavings = self._tools.leavings
        self._note(leavings.findings(census, self._limits.now, repair=is_repair))
        return Report(
            fast=self._tools.witness.fast,
            applications=applications,
            objects=census.objects,
            open_workflows=open_workflows,
            findings=(*self._findings.values(), *self._others()),
        )

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Have nothing more looked at, nor repaired, once the audit was ended."""
        try:
            yield
        except BaseException:
            self._is_stopped = True
            raise

    def _each(
        self,
        pool: ThreadPoolExecutor,
        function: Callable[[Item], list[Finding]],
        items: Iterable[Item],
    ) -> Iterator[int]:
        """Look at many at once, and tell now and then at how many so far."""

        def look(batch: Sequence[Item]) -> list[list[Finding]]:
            return [function(item) for item in batch if not self._is_stopped]

        done, ahead = 0, 2 * self._tools.at_a_time
        for results in in_parallel(pool, look, _batches(items), ahead=ahead):
            self._note(chain.from_iterable(results))
            done += len(results)
            if self._repaired:
                self._show("repairs", self._repaired, None)
            yield done

    def _glance(self, seen: tuple[StoredObjects, bool]) -> list[Finding]:
        traces, is_open = seen
        return self._settled(self._examiner.quick_check(traces, is_open=is_open))

    def _examine(self, application_id: str) -> list[Finding]:
        part = key_part(application_id)
        return self._settled(self._examiner.examine(part, application_id))

    def _examine_marker(self, marker: Found) -> list[Finding]:
        return self._settled(self._examiner.examine(marker[0].part, marker=marker))

    def _settled(self, verdict: Verdict) -> list[Finding]:
        """Repair what was just found, if that is wanted."""
        facts, wrong = verdict
        repairs = self._tools.repairs
        return [
            Finding(
                kind=kind,
                id=facts.evidence.application_id or facts.traces.part,
                details=details,
                repaired=repairs is not None and repairs.repair(kind, facts),
            )
            for kind, details in wrong.items()
        ]

    def _note(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._repaired += finding.repaired
            place = finding.kind, finding.id
            before = self._findings.get(place)
            if before is None and self._named[finding.kind] >= _NAMED:
                self._unnamed[finding.kind, finding.repaired] += finding.count
                continue
            self._named[finding.kind] += before is None
            self._findings[place] = before.joined(finding) if before else finding

    def _others(self) -> Iterator[Finding]:
        """Count those that there are too many of to name."""
        for (kind, is_repaired), others in self._unnamed.items():
            yield Finding(
                kind=kind, details=("and others",), count=others, repaired=is_repaired
            )


def _batches(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    items = iter(items)
    return iter(lambda: list(islice(items, _BATCH)), [])
