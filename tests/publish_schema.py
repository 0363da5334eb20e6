"""Writes the JSON Schema of the record: ``python -m tests.publish_schema``."""

import json
from pathlib import Path

from letterbox.domain.application import Application

if __name__ == "__main__":
    schema = Application.model_json_schema(mode="serialization")
    path = Path(__file__).parents[1] / "docs/schemas/application-2.json"
    path.write_text(json.dumps(schema, indent=2) + "\n")
