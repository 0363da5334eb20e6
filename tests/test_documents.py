"""The documents say what the code does."""

import json
import re

import jsonschema
import pytest

from letterbox.domain.application import Application, Flag, Stage
from letterbox.settings import Settings
from tests.support import ROOT

SETTINGS = [
    str(field.validation_alias or f"LETTERBOX_{name.upper()}")
    for name, field in Settings.model_fields.items()
]


@pytest.mark.parametrize("document", ["README.md", ".env.example"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_documented(document: str, setting: str) -> None:
    """A setting that nobody can find does not exist."""
    assert re.search(rf"\b{setting}\b", (ROOT / document).read_text())


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    """A page that does is out of date."""
    named = {
        name.removesuffix("_FILE")
        for path in [ROOT / "README.md", ROOT / ".env.example", *ROOT.glob("docs/*.md")]
        for name in re.findall(r"\bLETTERBOX_[A-Z0-9_]+\b", path.read_text())
    }

    assert named <= set(SETTINGS)


@pytest.mark.parametrize("term", [*Stage, *Flag])
def test_every_stage_and_flag_is_explained(term: Stage | Flag) -> None:
    """In one line, where an ATS looks for it."""
    page = (ROOT / "docs/operator-api.md").read_text()

    assert page.count(f"\n| `{term.value}` | ") == 1


def test_the_published_schema_is_that_of_the_record() -> None:
    """Regenerate with ``python -m tests.publish_schema``."""
    published = json.loads((ROOT / "docs/schemas/application-2.json").read_text())

    jsonschema.Draft202012Validator.check_schema(published)
    assert published == Application.model_json_schema(mode="serialization")


def test_the_lock_names_no_registry() -> None:
    """Wherever packages come from is the machine's affair."""
    lock = (ROOT / "requirements.lock").read_text()

    assert "://" not in lock
    assert "--hash=sha256:" in lock
