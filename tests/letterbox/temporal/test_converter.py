"""What travels through Temporal is written as before, by a converter that remembers."""

import asyncio

from temporalio.contrib.pydantic import pydantic_data_converter

from letterbox.domain.messages import StepInput
from letterbox.temporal.converter import DATA_CONVERTER, SharedPayloadConverter

STEP = StepInput(application_id="careerjet:1", view=1)


async def test_a_step_is_written_as_the_sdk_writes_it() -> None:
    """Histories of all releases are read by it."""
    ours, theirs = await asyncio.gather(
        DATA_CONVERTER.encode([STEP]), pydantic_data_converter.encode([STEP])
    )

    assert ours == theirs
    assert await DATA_CONVERTER.decode(theirs, [StepInput]) == [STEP]


def test_what_one_converter_has_learned_of_a_type_the_next_one_knows() -> None:
    """The SDK makes one for each task."""
    first, second = SharedPayloadConverter(), SharedPayloadConverter()

    assert first.converters is second.converters
