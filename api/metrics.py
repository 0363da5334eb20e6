"""What Prometheus may know: counts, codes and seconds; no ids, no people."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from api.gauges import Gauges

CROWDED_ID = "crowded-id"
"""The answer, in its count, to one application too many under an id."""
_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The API's own metrics, on a registry of their own; ``boards`` post to it."""

    def __init__(self, boards: Iterable[str] = ()) -> None:
        self.registry = CollectorRegistry()
        self.gauges = Gauges(self.registry)
        self.answers = self._counter(
            "letterbox_answers", "Answers given to boards.", "board", "answer"
        )
        for board in boards:
            # One such answer is an alarm: an increase needs a count before it.
            self.answers.labels(board, CROWDED_ID)
        self.seconds = Histogram(
            "letterbox_answer_seconds",
            "Time from the first byte of a signed request to its answer.",
            ["board"],
            buckets=_FAST,
            registry=self.registry,
        )
        self.events = self._counter(
            "letterbox_events",
            "Events in accepted notifications: application, "
            "closing, other or unreadable.",
            "board",
            "kind",
        )
        self.starts = self._counter(
            "letterbox_starts",
            "Workflow starts: immediate, or left to the sweep.",
            "outcome",
        )
        self.dropped = self._counter(
            "letterbox_deliveries_dropped",
            "Submissions answered 200 but not kept: their application has ended.",
            "board",
        )
        self.refused_references = self._counter(
            "letterbox_refused_references",
            "Applications refused because of an unknown reference.",
            "board",
        )
        self.refused_forms = self._counter(
            "letterbox_refused_forms",
            "Refused forms whose shape is in the log.",
            "board",
            "shape",
        )
        self.operator_requests = self._counter(
            "letterbox_operator_requests",
            "Answers of the operator API.",
            "method",
            "status",
        )

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self.registry)
