"""
The handler as a team would first write it, to stand beside Letterbox's.

The framework reads the upload, one PUT keeps the CV, one start hands the rest to
Temporal and is waited for: no inbox, so without Temporal there is no answer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import md5
from hmac import compare_digest
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request, UploadFile
from starlette.concurrency import run_in_threadpool
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from bench.plain_worker import PlainApplication
from letterbox.resources import open_store
from letterbox.settings import Settings, load_settings
from letterbox.temporal.client import connect
from letterbox_cli.api.server import serve


def create_plain_app(settings: Settings) -> FastAPI:
    """Build the API of one endpoint."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.client = await connect(settings)
        yield

    app = FastAPI(lifespan=lifespan)
    store = open_store(settings)
    [secret] = settings.secrets_of("careerjet")

    @app.post("/apply/plain")
    async def apply(  # noqa: PLR0913, PLR0917 one for each field of the form
        request: Request,
        uuid: Annotated[str, Form()],
        source_signature: Annotated[str, Form()],
        job_id: Annotated[str, Form()],
        firstname: Annotated[str, Form()],
        lastname: Annotated[str, Form()],
        email: Annotated[str, Form()],
        phone_number: Annotated[str, Form()],
        cover_letter: Annotated[str, Form()],
        cv: UploadFile,
    ) -> dict[str, str]:
        """Verify, keep the CV, start the workflow, answer."""
        expected = md5(uuid.encode() + secret, usedforsecurity=False).hexdigest()
        if not compare_digest(expected, source_signature.lower()):
            raise HTTPException(403)
        key = f"plain/{uuid}/cv"
        await run_in_threadpool(store.put, key, cv.file, cv.size)
        fields = {
            "job_id": job_id,
            "firstname": firstname,
            "lastname": lastname,
            "email": email,
            "phone_number": phone_number,
            "cover_letter": cover_letter,
        }
        client: Client = request.app.state.client
        await start_plain(
            client,
            settings.task_queue,
            PlainApplication(uuid=uuid, fields=fields, cv=key),
        )
        return {"status": "application accepted"}

    return app


async def start_plain(
    client: Client, queue: str, application: PlainApplication
) -> None:
    """Start the workflow, harmless to repeat while it runs."""
    await client.start_workflow(
        "Plain",
        application,
        id=application.uuid,
        task_queue=queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


if __name__ == "__main__":
    settings = load_settings()
    serve(create_plain_app(settings), settings)
