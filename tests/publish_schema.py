"""Writes the published JSON Schemas: ``python -m tests.publish_schema``."""

import json
from pathlib import Path
from typing import Any

from letterbox.boards import generic
from letterbox.domain.application import Application
from letterbox_cli.json_schemas import OUTPUTS, schema_of

_SCHEMAS = Path(__file__).parents[1] / "docs/schemas"


def _write(name: str, schema: dict[str, Any]) -> None:
    path = _SCHEMAS / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(schema, indent=2) + "\n")


if __name__ == "__main__":
    _write("application-2", Application.model_json_schema(mode="serialization"))
    _write("generic-application-1", dict(generic.BOARD.body_schema))
    for output, model in OUTPUTS.items():
        _write(f"commands/{output}", schema_of(model))
