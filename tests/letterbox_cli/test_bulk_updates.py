"""Many applications are asked in order, at a bounded rate, and can be gone on with."""

import time

from letterbox.domain.errors import RefusedError, TemporalUnavailableError
from letterbox_cli.bulk_updates import BulkUpdates


def bulk(per_second: float | None = None) -> BulkUpdates:
    """Make one that shows nothing."""
    return BulkUpdates(lambda *_: None, per_second)


async def test_one_that_is_refused_does_not_keep_the_others_from_being_asked() -> None:
    """It is named with the reason."""
    asked: list[str] = []

    async def ask(id_: str) -> None:
        asked.append(id_)
        if id_ == "03":
            raise RefusedError("not that one")

    ids = [f"{number:02}" for number in range(20)]
    many = bulk()
    await many.run(ids, ask)

    assert asked == ids
    assert (many.answered, many.last) == (19, "19")
    assert many.failed == [("03", "not that one")]


async def test_silence_ends_it_and_the_last_answered_one_says_where_to_go_on() -> None:
    """Each silence costs half a minute; none behind the last is left out then."""

    async def ask(id_: str) -> None:
        if id_ >= "16":
            raise TemporalUnavailableError("no answer in time")

    many = bulk()
    await many.run([f"{number:02}" for number in range(40)], ask)

    assert (many.answered, many.last) == (16, "15")
    assert {id_ for id_, _ in many.failed} == {f"{n:02}" for n in range(16, 24)}


async def test_the_rate_is_bounded() -> None:
    """An ATS that was set up a minute ago is not flooded by a year's applications."""

    async def ask(_: str) -> None:
        """Answer at once."""

    began = time.monotonic()
    await bulk(per_second=80).run([str(number) for number in range(24)], ask)

    assert time.monotonic() - began >= 16 / 80
