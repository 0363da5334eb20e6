"""Values that are compared whole with a file, so that no part of them is left out."""

import json
import os
from pathlib import Path
from typing import Any

_IS_RENEWED = bool(os.environ.get("RENEW_GOLDEN"))


def assert_golden(path: Path, value: Any) -> None:
    """Compare JSON with a file, which ``RENEW_GOLDEN=1`` writes: read its diff then."""
    if _IS_RENEWED:
        text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)
        path.write_text(f"{text}\n")
    assert value == json.loads(path.read_text())
