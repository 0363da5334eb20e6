"""The workflow as a team would first write it: three regular activities."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

from pydantic import BaseModel
from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from bench.workers import work
    from letterbox.catalogue.lookup import StoredCatalogue
    from letterbox.domain.application import Stage
    from letterbox.domain.documents import recognise
    from letterbox.domain.ports import ObjectStore
    from letterbox.domain.positions import Catalogue, ReferenceKind
    from letterbox.resources import open_store
    from letterbox.settings import load_settings
    from letterbox.temporal import search_attributes as attributes

_QUICK = timedelta(seconds=20)


class PlainApplication(BaseModel):
    """What the handler starts the workflow with: the candidate's data included."""

    uuid: str
    fields: dict[str, str]
    cv: str
    """Key of the CV in the store."""


class Checked(BaseModel):
    """What a look at the CV told."""

    sha256: str
    size: int
    media_type: str | None


class Found(BaseModel):
    """The position, if it is known."""

    reference: str | None
    title: str | None


class PlainRecord(BaseModel):
    """What is kept of an application."""

    application: PlainApplication
    cv: Checked
    position: Found


class PlainActivities:
    """The same work as Letterbox's, on the same store."""

    def __init__(self, store: ObjectStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    @activity.defn
    def check_cv(self, key: str) -> Checked:
        """Read the CV back and recognise it."""
        body = self._store.get(key)
        return Checked(
            sha256=sha256(body).hexdigest(),
            size=len(body),
            media_type=recognise(BytesIO(body)).media_type,
        )

    @activity.defn
    def find_position(self, reference: str) -> Found:
        """Look the position up."""
        found = self._catalogue.find(ReferenceKind.REFERENCE, reference)
        first = found[0] if found else None
        return Found(
            reference=first.reference if first else None,
            title=first.title if first else None,
        )

    @activity.defn
    def save(self, record: PlainRecord) -> None:
        """Write the record."""
        key = f"plain/{record.application.uuid}/application.json"
        self._store.put(key, record.model_dump_json().encode())


@workflow.defn(name="Plain")
class Plain:
    """Check, match, record, wait."""

    @workflow.run
    async def run(self, application: PlainApplication) -> None:
        """Wait like an application waits for its archive date."""
        cv = await workflow.execute_activity_method(
            PlainActivities.check_cv, application.cv, start_to_close_timeout=_QUICK
        )
        position = await workflow.execute_activity_method(
            PlainActivities.find_position,
            application.fields["job_id"],
            start_to_close_timeout=_QUICK,
        )
        await workflow.execute_activity_method(
            PlainActivities.save,
            PlainRecord(application=application, cv=cv, position=position),
            start_to_close_timeout=_QUICK,
        )
        due = workflow.now() + timedelta(days=166)
        workflow.upsert_search_attributes(
            [
                attributes.STAGE.value_set(Stage.MATCHED),
                attributes.ARCHIVE_BY.value_set(due),
            ]
        )
        await workflow.sleep(due - workflow.now())


if __name__ == "__main__":
    store = open_store(load_settings())
    does = PlainActivities(store, StoredCatalogue(store))
    asyncio.run(work(Plain, [does.check_cv, does.find_position, does.save]))
