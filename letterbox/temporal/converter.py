"""How what travels through Temporal is written: as JSON, by one converter."""

from dataclasses import replace

from temporalio.contrib.pydantic import (
    PydanticPayloadConverter,
    pydantic_data_converter,
)

_CONVERTER = PydanticPayloadConverter()


class SharedPayloadConverter(PydanticPayloadConverter):
    """
    The SDK's converter for models, with what it remembers of them shared.

    The SDK makes one anew for each task, whose memory of types is empty.
    """

    def __init__(self) -> None:
        vars(self).update(vars(_CONVERTER))


DATA_CONVERTER = replace(
    pydantic_data_converter, payload_converter_class=SharedPayloadConverter
)
