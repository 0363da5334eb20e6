"""A store that hangs: everybody has an answer in time, and nothing is worn out."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from letterbox.boards.seek.webhook import sign
from letterbox.domain import keys
from letterbox.records.inbox import part_of
from letterbox.storage.s3.store import S3Store
from tests.end_to_end.processes.installation import Api, Installation, installation
from tests.end_to_end.processes.posted import PostedApplication
from tests.end_to_end.processes.program import Command, Program
from tests.end_to_end.seek.notices import events
from tests.support import answers, free_port, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]

ANSWERED_WITHIN = 8
# What a machine that does other things too may add to it.
MARGIN = 2
SEEK_SECRET = "a secret of SEEK's webhook"
S3 = {"access_key": "access", "secret_key": "secret", "region": "us-east-1"}


class Stopping:
    """An API over an S3 server that can be stopped as it is."""

    def __init__(self, at: Installation) -> None:
        port = free_port()
        endpoint = f"http://127.0.0.1:{port}"
        self.s3 = Program(
            Command(
                name="s3",
                words=(
                    sys.executable,
                    "-m",
                    "tests.end_to_end.processes.s3_server",
                    str(port),
                ),
                environment=at.environment,
                folder=at.folder,
                is_ready=lambda _: answers(port),
            )
        )
        self.store = S3Store(
            endpoint=endpoint,
            bucket="letterbox",
            access_key=S3["access_key"],
            secret_key=S3["secret_key"],
            region=S3["region"],
        )
        self.api: Api = at.add_api(
            "stopping",
            LETTERBOX_STORE="s3://letterbox",
            LETTERBOX_S3_ENDPOINT=endpoint,
            LETTERBOX_SEEK_WEBHOOK_SECRETS=SEEK_SECRET,
            **{f"LETTERBOX_S3_{name}".upper(): text for name, text in S3.items()},
        )

    def waiting(self) -> set[str]:
        """Name the applications that are in the inbox."""
        return {part_of(one.key) for one in self.store.list(keys.INBOX)}


@pytest.fixture(name="at", scope="module")
def _at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stopping]:
    with installation(tmp_path_factory.mktemp("stopping")) as made:
        at = Stopping(made)
        at.s3.start()
        try:
            at.store.prepare()
            at.api.start()
            yield at
        finally:
            at.s3.end()


def timed(ask: Callable[[], httpx.Response]) -> tuple[int, float]:
    """Ask; give the status and the seconds that it took."""
    began = time.monotonic()
    answer = ask()
    return answer.status_code, time.monotonic() - began


def test_all_have_an_answer_in_time_while_the_store_hangs(at: Stopping) -> None:
    """Boards in their own words, however many ask; and nothing has to be restarted."""
    submissions = [PostedApplication() for _ in range(60)]
    notice = events(3)
    signed = {"Seek-Signature": sign(notice, SEEK_SECRET.encode())}

    def tell() -> httpx.Response:
        url = f"{at.api.url}/webhooks/seek"
        return httpx.post(url, content=notice, headers=signed, timeout=30)

    asked: list[Callable[[], httpx.Response]] = [
        tell,
        *(partial(one.post, at.api.apply_url) for one in submissions),
    ]
    at.s3.pause()
    try:
        with ThreadPoolExecutor(len(asked) + 3) as pool:
            told = [pool.submit(timed, one) for one in asked]
            alive, ready, measured = (
                pool.submit(timed, partial(at.api.get, path))
                for path in ("/healthz", "/readyz", "/metrics")
            )
        seek, *careerjet = (one.result() for one in told)
    finally:
        at.s3.resume()

    assert {status for status, _ in careerjet} == {418}
    assert seek[0] == 503
    assert max(seconds for _, seconds in (seek, *careerjet)) < ANSWERED_WITHIN + MARGIN
    assert (alive.result()[0], ready.result()[0], measured.result()[0]) == (
        200,
        503,
        200,
    )
    assert ready.result()[1] < 5 + MARGIN / 2
    assert measured.result()[1] < 2 + MARGIN / 2
    wait_until(lambda: at.api.get("/readyz").status_code == 200)
    assert {one.post(at.api.apply_url).status_code for one in submissions} == {200}
    assert tell().status_code == 204
    assert {one.id for one in submissions} <= at.waiting()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_calls_that_hang_for_ever_do_not_stop_the_others(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A file that never gives its bytes costs threads, and those are replaced."""
    with installation(tmp_path_factory.mktemp("fifo")) as at:
        at.api.start()
        hung, sound = PostedApplication(), PostedApplication()
        assert hung.post(at.api.apply_url).status_code == 200
        # What this process has seen before it looks up: here it reads without end.
        [waiting] = (at.store_folder / keys.INBOX).rglob("*.zip")
        waiting.unlink()
        record = at.store_folder / keys.record(hung.id)
        record.parent.mkdir(parents=True)
        os.mkfifo(record)

        with ThreadPoolExecutor(40) as pool:
            post = lambda _: timed(lambda: hung.post(at.api.apply_url))  # noqa: E731
            told = list(pool.map(post, range(40)))

        assert {status for status, _ in told} == {418}
        assert max(seconds for _, seconds in told) < ANSWERED_WITHIN + MARGIN
        assert timed(lambda: sound.post(at.api.apply_url))[0] == 200
        assert at.api.stop() == 0
