"""The sweep of a bucket, into which people and tools have put what they would."""

from collections.abc import Callable
from io import BytesIO

from minio import Minio
from temporalio.testing import ActivityEnvironment

from activities.inbox import InboxActivities
from letterbox.domain.messages import SweepInput, SweepResult
from letterbox.records.applications import StoredApplications
from letterbox.records.inbox import read_any
from letterbox.storage.s3.store import S3Store
from tests.factories import careerjet

FOREIGN = [
    "inbox/",
    "inbox//x",
    "inbox//",
    "inbox/careerjet:0//" + "0" * 64 + ".json",
    "inbox/careerjet:ü/" + "0" * 64 + ".json",
    "inbox/careerjet:1/",
    "inbox/careerjet:1/a b+c&d=e?.json",
    "inbox/careerjet:1/" + "0" * 64 + ".json/below",
    "inbox/\u2028",
]


async def test_keys_of_any_shape_hide_nothing_in_a_bucket(
    make_s3: Callable[[str], S3Store], moto_endpoint: str, bucket: str
) -> None:
    """Markers of folders, empty parts, what no file system would take."""
    store = make_s3(moto_endpoint)
    store.prepare()
    client = Minio(
        endpoint=moto_endpoint.removeprefix("http://"),
        access_key="access",
        secret_key="secret",
        secure=False,
    )
    for key in FOREIGN:
        client.put_object(
            bucket_name=bucket, object_name=key, data=BytesIO(b"{"), length=1
        )
    ids = []
    for uuid in ("1", "zz"):
        delivery, contents = careerjet(uuid)
        StoredApplications(store).accept(delivery, contents)
        ids.append(delivery.application_id)
    started: list[str] = []

    async def start(application_id: str) -> None:
        started.append(application_id)

    sweep = InboxActivities(store=store, read=read_any, start=start).sweep
    swept = await ActivityEnvironment().run(sweep, SweepInput(older_than_seconds=-5))

    assert swept == SweepResult(started=2)
    assert sorted(started) == ids
