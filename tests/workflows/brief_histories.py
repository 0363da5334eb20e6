"""A server on which the history of a workflow is long early."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from letterbox.temporal import search_attributes as attributes

MAX_LENGTH = 60


@asynccontextmanager
async def brief_histories() -> AsyncIterator[WorkflowEnvironment]:
    """Run a real server that suggests a new run early; by default after 4,096."""
    limit = f"limit.historyCount.suggestContinueAsNew={MAX_LENGTH}"
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
        dev_server_extra_args=["--dynamic-config-value", limit],
        search_attributes=attributes.ALL,
        data_converter=pydantic_data_converter,
    ) as environment:
        yield environment
