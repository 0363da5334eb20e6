"""Metrics of several processes become one page that Prometheus reads."""

from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from letterbox.expositions import free_loopback_address, merged, scrape

ODD = 'a } brace, a "quote", a { and\na line'


def page(answers: int, *, is_odd: bool = False) -> str:
    """Return what one process tells."""
    registry = CollectorRegistry()
    counter = Counter("answers", "Answers given.", ["board"], registry=registry)
    counter.labels(ODD).inc(answers)
    Gauge("depth", "How deep # it is.", registry=registry).set(float("nan"))
    seconds = Histogram("seconds", "How long.", registry=registry, buckets=(1, 2))
    seconds.observe(1.5)
    if is_odd:
        Gauge("own", "What one process alone has.", registry=registry).set(7)
    return generate_latest(registry).decode()


def samples(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Read it as Prometheus does; a family that comes twice is refused."""
    names = [family.name for family in text_string_to_metric_families(text)]
    assert len(names) == len(set(names))
    for family in text_string_to_metric_families(text):
        assert family.documentation
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def test_samples_are_kept_and_say_of_which_process_they_are() -> None:
    """Nothing is summed: a process is an instance, and its labels stay whole."""
    read = list(samples(merged({1: page(3), 2: page(4, is_odd=True)})))

    answers = [
        (labels, value) for name, labels, value in read if name == "answers_total"
    ]
    assert answers == [
        ({"process": "1", "board": ODD}, 3),
        ({"process": "2", "board": ODD}, 4),
    ]
    assert ("own", {"process": "2"}, 7) in read
    assert ("seconds_bucket", {"process": "1", "le": "2.0"}, 1) in read
    each = [len(list(samples(page(1)))), len(list(samples(page(1, is_odd=True))))]
    assert len(read) == sum(each)


def test_a_family_that_only_a_later_process_has_keeps_its_comments() -> None:
    """The first page may be of a process that has done nothing yet."""
    text = merged({1: "", 2: page(1, is_odd=True)})

    assert "# HELP own What one process alone has.\n# TYPE own gauge\n" in text


@pytest.mark.parametrize("pages", [{}, {1: ""}, {1: "", 2: ""}])
def test_processes_that_tell_nothing_make_an_empty_page(pages: dict[int, str]) -> None:
    """What serves it can say then that none of them answers."""
    assert not merged(pages)


def test_empty_labels_are_read() -> None:
    """Some write braces with nothing in between."""
    [(_, labels, value)] = samples(merged({3: "# HELP a B.\n# TYPE a gauge\na{} 1\n"}))

    assert (labels, value) == ({"process": "3"}, 1)


def test_an_address_where_nobody_listens_has_no_metrics() -> None:
    """A process that is being started anew does not fail the page of all."""
    assert not scrape(free_loopback_address())
