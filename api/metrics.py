"""What Prometheus may know: counts, codes and seconds; no ids, no people."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The API's own metrics, on a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter(
            "letterbox_answers",
            "Answers given to boards.",
            ["board", "answer"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "letterbox_answer_seconds",
            "From a request's first byte to its answer.",
            ["board"],
            buckets=_FAST,
            registry=self.registry,
        )
        self.events = Counter(
            "letterbox_events",
            "Events in accepted notices: application, closing or other.",
            ["board", "kind"],
            registry=self.registry,
        )
        self.starts = Counter(
            "letterbox_starts",
            "Workflow starts: done at once, or left to the sweep.",
            ["outcome"],
            registry=self.registry,
        )
        self.refused_references = Counter(
            "letterbox_refused_references",
            "References that boards were told nobody knows (410).",
            ["board"],
            registry=self.registry,
        )
        self.inbox = Gauge(
            "letterbox_inbox_depth",
            "Deliveries accepted and not yet taken over; counted up to 10,000.",
            registry=self.registry,
        )
