"""The workflows whose way to the long wait is compared."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

from temporalio.client import Client

from bench.forms import FIELDS, SECRET, make_cv
from bench.load import CV_BYTES
from bench.plain import start_plain
from bench.plain_worker import PlainApplication
from bench.rig import QUEUE, WORKER
from letterbox.boards.base import FormField, FormFile, MultipartForm
from letterbox.boards.careerjet import BOARD, sign
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications
from letterbox.temporal.client import start_application

_CV = make_cv(CV_BYTES)
_SHA256 = sha256(_CV).hexdigest()
_MODULE = (sys.executable, "-m")


@dataclass(frozen=True, slots=True)
class Shape:
    """A workflow up to its long wait."""

    words: str
    worker: Sequence[str]
    prepare: Callable[[ObjectStore, str], None]
    """Put into the store what the workflow of this uuid will look for."""
    start: Callable[[Client, str], Awaitable[object]]


def make_delivery(uuid: str, received_at: datetime) -> Submission:
    """Make what the API makes of a form with a CV."""
    said = {"uuid": uuid, "source_signature": sign(uuid, SECRET), **FIELDS}
    cv = FormFile(
        name="cv",
        filename="cv.pdf",
        declared_type="application/pdf",
        sha256=_SHA256,
        size=len(_CV),
    )
    form = MultipartForm(
        fields=[FormField(name, text.encode()) for name, text in said.items()],
        files=[cv],
    )
    return BOARD.receive(form, [SECRET.encode()], received_at)


def _fill_inbox(store: ObjectStore, uuid: str) -> None:
    delivery = make_delivery(uuid, datetime.now(UTC))
    StoredApplications(store).accept(delivery, {_SHA256: BytesIO(_CV)})


async def _start_ours(client: Client, uuid: str) -> None:
    await start_application(client, QUEUE, f"careerjet:{uuid}")


def _put_cv(store: ObjectStore, uuid: str) -> None:
    store.put(f"plain/{uuid}/cv", _CV)


async def _start_plain(client: Client, uuid: str) -> None:
    key = f"plain/{uuid}/cv"
    application = PlainApplication(uuid=uuid, fields=FIELDS, cv=key)
    await start_plain(client, QUEUE, application)


async def _start_noop(client: Client, uuid: str) -> None:
    await client.start_workflow("NoOp", uuid, id=uuid, task_queue=QUEUE)


OURS = Shape("Letterbox", WORKER, _fill_inbox, _start_ours)
NOOP = Shape(
    "no-op workflow of three local activities",
    (*_MODULE, "bench.noop"),
    lambda _store, _uuid: None,
    _start_noop,
)
PLAIN = Shape(
    "plain workflow of three activities",
    (*_MODULE, "bench.plain_worker"),
    _put_cv,
    _start_plain,
)
SHAPES = (OURS, NOOP, PLAIN)
