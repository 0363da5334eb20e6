"""What was measured of SEEK, of sizes and of sleepers: one figure a line."""

from collections.abc import Iterator, Sequence

from bench.results import Results
from bench.rows import Row, met
from bench.seek import SENDERS
from bench.sizing import Use
from bench.sleepers import Sleepers

_FLAT = 1.1
_TWO_WORKERS = 1.2
# The worker remembers a thousand; only of more can be told whether it grows.
_MANY = 4000


def seek_rows(results: Results) -> Iterator[Row]:
    """Tell of the events of SEEK, played by prepared answers."""
    yield Row("[b]SEEK, prepared answers (seek_server.py)", [])
    for answered in results.notices:
        load = answered.load
        figure = f"{load.rate:.0f} ({load.p50:.0f}, {load.p99:.0f})"
        words = f"  ten-event deliveries a second, {SENDERS} clients (p50, p99 in ms)"
        yield Row(words, [figure], "p99 < 10 s", met(load.p99 < 10_000))
    for ours, noop in zip(results.seek, results.seek_noop, strict=True):
        yield Row("  events, webhook to record, a second", [f"{ours:.1f}"])
        yield Row("  no-op workflow of five steps, as it had", [f"{noop:.1f}"])
        yield Row("  Letterbox, of no-op", [f"{ours / noop:.2f}"])


def sizing_rows(results: Results) -> Iterator[Row]:
    """Return what docs/operations.md quotes."""
    yield Row("[b]Sizing, 200 KB CV", [])
    for number, load in results.apis.items():
        figure = f"{load.rate:.0f} ({load.p99:.0f})"
        yield Row(f"  answers a second (p99 in ms), API processes: {number}", [figure])
    yield from _two_of_one("API", [load.rate for load in results.apis.values()])
    for number, done in results.workers.items():
        words = f"  recorded a second, worker processes: {number}"
        yield Row(words, [f"{done.rate:.0f}"])
    rates = [done.rate for done in results.workers.values()]
    yield from _two_of_one("worker", rates, _TWO_WORKERS)
    for sizing in results.sizing:
        yield _used("API", sizing.api)
        yield _used("worker", sizing.worker)
        yield _used("Temporal", sizing.temporal)
        figure = f"{sizing.objects:.1f}, {sizing.stored / 1000:.1f}"
        yield Row("  in the store, an application: objects, KB", [figure])
        figure = f"{sizing.database / 1000:.1f}"
        yield Row("  in Temporal's database, an application: KB", [figure])


def _two_of_one(
    kind: str, rates: Sequence[float], target: float | None = None
) -> Iterator[Row]:
    if not rates:
        return
    one, two = rates
    words = f"  two {kind} processes by --processes 2, of one"
    ratio = two / one
    aim, verdict = (f"≥ {target}", met(ratio >= target)) if target else ("", "")
    yield Row(words, [f"{ratio:.2f}"], aim, verdict)


def sleepers_rows(found: Sleepers) -> Iterator[Row]:
    """Tell of many applications that wait for their archive date."""
    yield Row(f"[b]{found.count:,} sleeping applications", [])
    moments = (found.idle, found.half, found.asleep)
    figure = " / ".join(f"{one.worker:.0f}" for one in moments)
    words = "  resident MB of the worker: none / half / all asleep"
    verdict = met(found.asleep.worker < _FLAT * found.half.worker)
    yield Row(words, [figure], "flat", verdict if found.count > _MANY else "")
    figure = " / ".join(f"{one.server:.0f}" for one in moments)
    yield Row("  resident MB of Temporal", [figure])
    figure = f"{found.database / 1000:.1f}"
    yield Row("  in Temporal's database, an application: KB", [figure])
    figure = f"{found.worker_cpu:.1%}, {found.server_cpu:.1%}"
    yield Row("  of a core while nothing happens: worker, Temporal", [figure])
    words = f"  seconds to tell the {found.told:,} of one position"
    yield Row(words, [f"{found.told_within:.0f}"])


def _used(process: str, use: Use) -> Row:
    figure = f"{use.cpu:.1f}, {use.megabytes:.0f}"
    return Row(f"  {process}: CPU ms an application, resident MB", [figure])
