"""
What a disk allows: the framework's upload, CV and record written through, no engine.

Nothing is verified, matched or counted: no handler that keeps applications on this
disk before it answers can be much faster.
"""

import json
import os
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, Request, UploadFile
from starlette.concurrency import run_in_threadpool

from letterbox.settings import Settings, load_settings
from letterbox_cli.api.server import serve


def create_floor_app(settings: Settings) -> FastAPI:
    """Build the API of one endpoint."""
    app = FastAPI()
    folder = Path(settings.store_url.removeprefix("file:")) / "floor"
    folder.mkdir(parents=True, exist_ok=True)

    @app.post("/apply/floor")
    async def apply(
        request: Request, uuid: Annotated[str, Form()], cv: UploadFile
    ) -> dict[str, str]:
        """Keep the CV and the other fields, answer."""
        fields = {
            name: text
            for name, text in (await request.form()).items()
            if isinstance(text, str)
        }
        await run_in_threadpool(_keep, folder, uuid, cv, fields)
        return {"status": "application accepted"}

    return app


def _keep(folder: Path, uuid: str, cv: UploadFile, fields: dict[str, str]) -> None:
    _write(folder / f"{uuid}.cv", cv.file.read())
    _write(folder / f"{uuid}.json", json.dumps(fields).encode())
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    settings = load_settings()
    serve(create_floor_app(settings), settings)
