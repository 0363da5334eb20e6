"""Gauges that are set in the background and never waited for."""

import math
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge

from letterbox.domain.watching import (
    AuditState,
    CatalogueState,
    InboxState,
    TemporalState,
)


class Gauges:
    """What is watched; unknown is NaN, and a read that fails ages its timestamp."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._inbox = self._gauge(
            "letterbox_inbox_depth",
            "Accepted submissions that no workflow has taken over "
            "yet; counted up to 10,000.",
        )
        self._oldest = self._gauge(
            "letterbox_inbox_oldest_seconds",
            "Age of the oldest accepted submission that is waiting; 0 if none is.",
        )
        self._inbox_read = self._gauge(
            "letterbox_inbox_read_timestamp_seconds", "When the inbox was last read."
        )
        self._overdue = self._gauge(
            "letterbox_archives_overdue",
            "Open applications that should have been archived.",
        )
        self._unrecorded = self._gauge(
            "letterbox_applications_unrecorded",
            "Applications that are still not recorded after two days.",
        )
        self._unavailable = self._gauge(
            "letterbox_applications_unavailable",
            "Open applications that their board does not show at the moment.",
        )
        self._temporal_read = self._gauge(
            "letterbox_temporal_read_timestamp_seconds",
            "When Temporal was last queried for the gauges.",
        )
        self._last_run = self._of_schedules("last_run_timestamp_seconds", "last ran")
        self._last_success = self._of_schedules(
            "last_success_timestamp_seconds", "last succeeded"
        )
        self._interval = self._of_schedules("interval_seconds", "is scheduled to run")
        self._paused = self._of_schedules("paused", "is paused")
        self._findings = self._gauge(
            "letterbox_audit_findings", "What the last audit found.", "kind"
        )
        self._audit_run = self._gauge(
            "letterbox_audit_last_run_timestamp_seconds", "When the last audit ran."
        )
        self._audit_fine = self._gauge(
            "letterbox_audit_fine", "1 if the last audit found nothing wrong."
        )
        self._whole = self._gauge(
            "letterbox_catalogue_whole",
            "1 if the catalogue is complete and up to date.",
        )
        self._imported = self._gauge(
            "letterbox_catalogue_last_import_timestamp_seconds",
            "When positions were last imported.",
        )
        self._disabled = self._gauge(
            "letterbox_delivery_disabled",
            "1 if delivery is off because the ATS answered 410.",
        )

    def set_inbox(self, state: InboxState | None) -> None:
        """Set what waits in the inbox; None where the store cannot be read."""
        if state is None:
            self._inbox.set(math.nan)
            self._oldest.set(math.nan)
            return
        now = datetime.now(UTC)
        age = (now - state.oldest).total_seconds() if state.oldest else 0
        self._inbox.set(state.depth)
        self._oldest.set(max(age, 0))
        self._inbox_read.set(now.timestamp())

    def set_temporal(self, state: TemporalState) -> None:
        """Set what Temporal says; schedules that were removed are left out."""
        self._overdue.set(state.applications.overdue)
        self._unrecorded.set(state.applications.unrecorded)
        self._unavailable.set(state.applications.unavailable)
        for gauge in (self._last_run, self._last_success, self._interval, self._paused):
            gauge.clear()
        for schedule in state.schedules:
            self._paused.labels(schedule.name).set(schedule.is_paused)
            _set_moment(self._last_run.labels(schedule.name), schedule.last_run)
            _set_moment(self._last_success.labels(schedule.name), schedule.last_success)
            if schedule.every is not None:
                self._interval.labels(schedule.name).set(schedule.every.total_seconds())
        self._temporal_read.set_to_current_time()

    def set_audit(self, state: AuditState | None) -> None:
        """Set what the last audit found; nothing where none ran."""
        self._findings.clear()
        if state is None:
            return
        for kind, count in state.findings.items():
            self._findings.labels(kind).set(count)
        self._audit_run.set(state.ran_at.timestamp())
        self._audit_fine.set(state.is_fine)

    def set_catalogue(self, state: CatalogueState) -> None:
        """Set whether the catalogue can be judged by."""
        self._whole.set(state.is_whole)
        if state.imported_at:
            self._imported.set(state.imported_at.timestamp())

    def set_delivery(self, *, is_disabled: bool) -> None:
        """Set whether deliveries are switched off."""
        self._disabled.set(is_disabled)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        gauge = Gauge(name, about, labels, registry=self._registry)
        if not labels:
            gauge.set(math.nan)
        return gauge

    def _of_schedules(self, name: str, about: str) -> Gauge:
        return self._gauge(
            f"letterbox_schedule_{name}", f"When or whether it {about}.", "schedule"
        )


def _set_moment(gauge: Gauge, moment: datetime | None) -> None:
    # A schedule that never ran is older than any limit.
    gauge.set(moment.timestamp() if moment else 0)
