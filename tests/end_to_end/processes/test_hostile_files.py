"""Files made to cost us, signed and unsigned, by both ways in: nobody notices."""

import asyncio
import base64
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import pytest

from letterbox.domain.application import Application
from letterbox_cli.samples import import_sample_positions
from seek_sandbox.control import SandboxControl
from seek_sandbox.faults import OddAttachment
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import ApplicationOrder
from seek_sandbox.serving import served
from tests.end_to_end.processes import notice
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.posted import PostedApplication
from tests.end_to_end.processes.program import Program
from tests.hostile import bombs, compound, directories, texts
from tests.seek_sandbox.partner import OPTIONS
from tests.support import THOROUGH

pytestmark = pytest.mark.processes

_MIB = 1024 * 1024
_TIMES = 20 if THOROUGH else 1
_ZIPS = dict(chain(bombs(), directories(), compound()))
_FILES: Mapping[str, bytes] = {
    name: content
    for name, content in (_ZIPS | dict(texts())).items()
    # One size of each is enough, where there are not to be all.
    if THOROUGH or not name.endswith(("-1", "-12"))
}
# By SEEK's way the large ones come only there: the sandbox takes its orders as JSON.
_MAX_ORDERED = 16 * _MIB if THOROUGH else _MIB
# Half a second on a machine of one's own; here others work too.
_MAX_LENGTH = 0.5 if THOROUGH else 3


class Pulse:
    """Asks the API whether it lives, all the time; remembers the longest answer."""

    def __init__(self, at: Installation) -> None:
        self.longest = 0.0
        self.failed = 0
        self._at = at
        self._ended = threading.Event()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Ask for as long as the block lasts."""
        thread = threading.Thread(target=self._ask)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _ask(self) -> None:
        while not self._ended.wait(0.05):
            began = time.perf_counter()
            self.failed += self._at.api.get("/healthz").status_code != 200
            self.longest = max(self.longest, time.perf_counter() - began)


@pytest.mark.timeout(1200)
async def test_hostile_files_cost_neither_memory_nor_time_nor_an_application(
    tmp_path: Path,
) -> None:
    """API below 200 MB, worker below 300, alive throughout; each is flagged."""
    options = SandboxOptions(
        client_id=OPTIONS.client_id, client_secret=OPTIONS.client_secret
    )
    with served(options) as seek, installation(tmp_path, **_of(seek, options)) as at:
        import_sample_positions(at.store)
        at.start()
        pulse = Pulse(at)
        with pulse.taken():
            signed = [_post(at, content) for content in _each()]
            fetched = await _notify(at, seek)
            at.settle(300)
            records = [at.recorded(one.id) for one in signed]
            by_seek = [(name, at.recorded(one)) for name, one in fetched]
        api, worker = _peak(at.api), _peak(at.worker)
        # Figures for whoever reads the log.
        print(f"API {api} MiB, worker {worker} MiB, {pulse.longest:.2f} s")  # noqa: T201

    named = [name for name in _FILES for _ in range(_TIMES)]
    plain = {name for name, one in zip(named, records, strict=True) if not one.flags}
    assert not plain
    assert not {name for name, one in by_seek if not _problem(one)}
    assert api < 200
    assert worker < 300
    assert pulse.failed == 0
    assert pulse.longest < _MAX_LENGTH


def _each() -> Iterator[bytes]:
    return (content for content in _FILES.values() for _ in range(_TIMES))


def _post(at: Installation, content: bytes) -> PostedApplication:
    """Send it unsigned, which is refused, and signed, which is not."""
    unsigned = PostedApplication(cv=content, changes={"source_signature": "0" * 32})
    assert unsigned.post(at.api.apply_url).status_code == 403
    signed = PostedApplication(cv=content)
    assert signed.post(at.api.apply_url).status_code == 200
    return signed


async def _notify(at: Installation, seek: str) -> list[tuple[str, str]]:
    """Have SEEK serve them as the attachments of applications; name both."""
    ordered = [
        (name, content)
        for name, content in _FILES.items()
        if len(content) < _MAX_ORDERED and (THOROUGH or name in _ZIPS)
    ]
    named: list[tuple[str, str]] = []
    async with SandboxControl(seek) as control:
        for name, content in ordered:
            order = ApplicationOrder(
                count=_TIMES, attachments=["Resume"], deliver=False
            )
            emitted = await control.apply(order)
            encoded = base64.b64encode(content).decode()
            for event in emitted:
                profile = event.application_profile_id
                fault = OddAttachment(content=encoded, profile_id=profile)
                await control.fault(fault)
            for first in range(0, len(emitted), 10):
                one = notice.Notice(emitted[first : first + 10])
                assert one.post(at.api.url).status_code == 204
                named += [(name, application) for application in one.applications]
            if THOROUGH:
                # The sandbox's memory, not ours, is what all at once would cost.
                await asyncio.to_thread(at.settle, 120)
                await control.lift()
    return named


def _of(seek: str, options: SandboxOptions) -> dict[str, str]:
    return {
        "LETTERBOX_SEEK_CLIENT_ID": options.client_id,
        "LETTERBOX_SEEK_CLIENT_SECRET": options.client_secret,
        "LETTERBOX_SEEK_TOKEN_URL": f"{seek}/oauth/token",
        "LETTERBOX_SEEK_GRAPHQL_URL": f"{seek}/graphql",
        "LETTERBOX_SEEK_WEBHOOK_SECRETS": notice.SECRET,
        "LETTERBOX_SEEK_RECONCILE_EVERY": "0",
    }


def _problem(record: Application) -> str | None:
    return record.attachments[0].problem


def _peak(program: Program) -> int:
    """Read the most memory that a process ever had, in MiB."""
    status = Path(f"/proc/{program.running.pid}/status").read_text()
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024
