"""A Letterbox that tells an ATS what happens, and what the ATS knows of it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client

from letterbox.ats.switch import DeliverySwitch
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.application import Stage
from letterbox.domain.positions import Position
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_store
from letterbox.settings import Settings, load_settings
from letterbox.temporal.client import start_application
from tests.factories import careerjet
from tests.receiver import Receiver
from tests.support import LETTERBOX, eventually
from tests.workflows.running_worker import wait_until_idle

OPEN = "20240107-123456-7890"


def configured(
    environment: pytest.MonkeyPatch, folder: Path, client: Client, **settings: str
) -> Settings:
    """Name a store with one open position, for workers and for commands."""
    for name, text in {
        "NO_PROXY": "127.0.0.1",
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "LETTERBOX_STORE": f"file:{folder / 'store'}",
        "LETTERBOX_TASK_QUEUE": str(uuid4()),
        **settings,
    }.items():
        environment.setenv(name, text)
    loaded = load_settings()
    store = open_store(loaded)
    store.prepare()
    CatalogueWriter(store).put(Position(reference=OPEN, title="Letter carrier"))
    return loaded


@dataclass(frozen=True, slots=True)
class House:
    """Has one ATS; commands that are typed find it by the environment."""

    ats: Receiver
    settings: Settings
    client: Client

    @property
    def applications(self) -> StoredApplications:
        """What its store holds."""
        return StoredApplications(open_store(self.settings))

    @property
    def switch(self) -> DeliverySwitch:
        """What the ATS has said of its address."""
        return DeliverySwitch(open_store(self.settings))

    async def arrive(self, number: int, **said: Any) -> list[str]:
        """Accept so many applications and start them, as the API does."""

        async def one() -> str:
            delivery, contents = careerjet(str(uuid4()), **said)
            name, queue = delivery.application_id, self.settings.task_queue
            await asyncio.to_thread(self.applications.accept, delivery, contents)
            await start_application(self.client, queue, name)
            return name

        return await asyncio.gather(*(one() for _ in range(number)))

    async def letterbox(self, *words: str) -> str:
        """Type a command; give what it says when all is well."""
        ran = await asyncio.create_subprocess_exec(
            *LETTERBOX, *words, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await ran.communicate()
        assert ran.returncode == 0
        return said.decode()

    def told(self) -> Mapping[str, list[str]]:
        """Tell what the ATS knows to have happened to each, in the order it heard."""
        told: dict[str, list[str]] = defaultdict(list)
        for event in list(self.ats.events.values()):
            told[event["data"]["id"]].append(event["type"].partition(".")[2])
        return told

    async def until_told(self, events: int, about: Iterable[str]) -> None:
        """Wait until the ATS knows of so many events, and nothing is under way."""

        async def is_told() -> bool:
            return len(self.ats.events) >= events

        await eventually(is_told)
        for one in about:
            await wait_until_idle(self.client.get_workflow_handle(one))

    async def until_listed(self, applications: set[str], stage: Stage) -> None:
        """Wait until Temporal lists these and no others for a stage."""
        query = f'TaskQueue="{self.settings.task_queue}" AND LetterboxStage="{stage}"'

        async def are_listed() -> bool:
            listed = self.client.list_workflows(query)
            return {found.id async for found in listed} == applications

        await eventually(are_listed)
