"""The documents say what the code does."""

import json
import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from letterbox.domain.application import Application, Flag, Stage
from letterbox.domain.durations import format_duration
from letterbox.settings import Settings, load_settings
from letterbox.settings.unread import empty_files, unread_settings
from tests.support import ROOT

SETTINGS = [
    str(field.validation_alias or f"LETTERBOX_{name.upper()}")
    for name, field in Settings.model_fields.items()
]
SETTING_ROWS = re.findall(
    r"^\| `(\w+)` \|(.*?)\|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_in_the_example(setting: str) -> None:
    """Whoever copies ``.env.example`` finds all that can be set."""
    assert re.search(rf"\b{setting}\b", (ROOT / ".env.example").read_text())


@pytest.mark.parametrize(("setting", "field"), Settings.model_fields.items())
def test_every_setting_has_one_row_with_its_default(
    setting: str, field: FieldInfo
) -> None:
    """The page of settings says what happens where a variable is not set."""
    variable = str(field.validation_alias or f"LETTERBOX_{setting.upper()}")

    rows = [default for name, default in SETTING_ROWS if name == variable]

    assert rows == [f" `{shown(field.default)}` " if shown(field.default) else " "]


def test_the_page_of_settings_has_no_other_rows() -> None:
    """But for the two of Temporal's own that everybody needs."""
    others = {name for name, _ in SETTING_ROWS} - set(SETTINGS)

    assert others == {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"}


def test_the_env_of_the_production_page_is_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the secrets that ``make-secrets.sh`` makes, and those of the boards."""
    folder = tmp_path / "secrets"
    script = ROOT / "deploy/make-secrets.sh"
    subprocess.run((script, folder), check=True, capture_output=True)
    for file in folder.iterdir():
        if not file.read_text().strip():
            file.write_text("from the board")
    page = (ROOT / "docs/production.md").read_text()
    [env] = re.findall(r"```sh\n(# What Letterbox needs\..*?)```", page, re.DOTALL)
    (tmp_path / ".env").write_text(env.replace("/run/secrets", str(folder)))
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) & {*SETTINGS, *(f"{one}_FILE" for one in SETTINGS)}:
        monkeypatch.delenv(name)

    settings = load_settings()

    assert settings.store == "s3://letterbox"
    assert all(map(settings.secrets_of, ("careerjet", "seek")))
    assert all((settings.operator_tokens, settings.digest_key))
    assert all((settings.delivery_url, settings.delivery_secret))
    assert (unread_settings(), empty_files()) == ([], [])


def test_an_example_of_env_says_the_same_to_a_shell_as_to_letterbox(
    tmp_path: Path,
) -> None:
    """The README reads ``.env`` by a shell, which ends a value at a blank."""
    page = (ROOT / "docs/single-sign-on.md").read_text()
    example = (ROOT / ".env.example").read_text()
    text = re.sub(r"^#(?=[A-Z][A-Z0-9_]*=)", "", example, flags=re.MULTILINE)
    text += "".join(re.findall(r"^ +(LETTERBOX_\w+=.*\n)", page, re.MULTILINE))
    (tmp_path / ".env").write_text(text)

    done = subprocess.run(
        ("env", "-i", "PATH=/usr/bin:/bin", "sh", "-eac", ". ./.env; env -0"),
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )

    shell = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
    read = dotenv_values(tmp_path / ".env")
    assert {name: shell[name] for name in read} == read
    assert "LETTERBOX_OIDC_ROLES" in read


def shown(default: object) -> str:
    """Return a default as the page shows it; nothing where there is none."""
    if isinstance(default, timedelta):
        return format_duration(default)
    if isinstance(default, tuple):
        return ",".join(map(shown, default))
    text = default.get_secret_value() if isinstance(default, SecretStr) else default
    return f"{text:g}" if isinstance(text, float) else str(text or "")


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
