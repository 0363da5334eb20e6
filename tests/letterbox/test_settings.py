"""Settings: every mistake is named, secrets stay secret."""

from datetime import timedelta
from pathlib import Path

import pytest

from letterbox.domain.errors import SettingsError
from letterbox.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own ``.env`` and variables out of the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LETTERBOX_{name.upper()}", raising=False)


def test_nothing_is_needed_to_start() -> None:
    """Sane defaults; every board closed."""
    settings = load_settings()

    assert settings.store_url == "file:var/store"
    assert settings.retention - settings.archive_margin == timedelta(days=166)
    assert settings.secrets_of("careerjet") == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("RETENTION", "180", "LETTERBOX_RETENTION: not a duration"),
        ("API_PORT", "70000", "LETTERBOX_API_PORT: Input should be less than"),
        ("STORE", "ftp://x", "LETTERBOX_STORE: must be file:FOLDER or s3://BUCKET"),
        ("S3_ENDPOINT", "minio:9000", "LETTERBOX_S3_ENDPOINT: must be a URL with"),
        ("STORE", "s3://bucket", "LETTERBOX_S3_ENDPOINT is needed for an s3:// store"),
        ("ARCHIVE_MARGIN", "181d", "LETTERBOX_ARCHIVE_MARGIN is longer than"),
        ("REGION_POLICY", "maybe", "LETTERBOX_REGION_POLICY: Input should be 'accept'"),
        ("CAREERJET_SECRETS_FILE", "gone", "LETTERBOX_CAREERJET_SECRETS_FILE: the"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
) -> None:
    """The operator should not have to guess."""
    monkeypatch.setenv(f"LETTERBOX_{name}", text)

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)


def test_a_margin_as_long_as_the_retention_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It means due at once."""
    monkeypatch.setenv("LETTERBOX_ARCHIVE_MARGIN", "180d")

    assert load_settings().archive_margin == timedelta(days=180)


def test_secrets_are_several_and_may_come_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old and new are both valid while rotating; files are how containers do it."""
    (tmp_path / "secret").write_text("old, new\n")
    monkeypatch.setenv("LETTERBOX_CAREERJET_SECRETS_FILE", str(tmp_path / "secret"))

    assert load_settings().secrets_of("careerjet") == [b"old", b"new"]


def test_the_environment_wins_over_a_dotenv_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``.env`` is the developer's; the environment is the operator's."""
    (tmp_path / ".env").write_text(
        "LETTERBOX_API_PORT=8001\nLETTERBOX_TASK_QUEUE=from-file\nOTHER=ignored\n"
    )
    monkeypatch.setenv("LETTERBOX_API_PORT", "8002")

    settings = load_settings()

    assert (settings.api_port, settings.task_queue) == (8002, "from-file")


def test_a_blank_variable_is_the_default_whatever_a_dotenv_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So ``letterbox up`` keeps another server's settings from its own worker."""
    (tmp_path / ".env").write_text(
        "TEMPORAL_DEPLOYMENT_NAME=theirs\nTEMPORAL_WORKER_BUILD_ID=1\n"
    )
    monkeypatch.setenv("TEMPORAL_DEPLOYMENT_NAME", "")
    monkeypatch.setenv("TEMPORAL_WORKER_BUILD_ID", "")

    assert load_settings().deployment_name == ""


@pytest.mark.parametrize(
    ("name", "named"),
    [(".env", ".env"), ("secret", "LETTERBOX_CAREERJET_SECRETS_FILE: the file")],
)
def test_a_file_that_is_no_text_is_named_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, named: str
) -> None:
    """In one line, as any other wrong setting."""
    (tmp_path / name).write_bytes(b"LETTERBOX_DIGEST_KEY=\xff\xfe")
    if name == "secret":
        monkeypatch.setenv("LETTERBOX_CAREERJET_SECRETS_FILE", name)

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert str(raised.value) == f"{named} cannot be read (it is not UTF-8)"


def test_a_dotenv_file_that_windows_wrote_is_read_from_its_first_line(
    tmp_path: Path,
) -> None:
    """A byte order mark is no part of the first variable's name."""
    (tmp_path / ".env").write_text("LETTERBOX_API_PORT=8001\n", "utf-8-sig")

    assert load_settings().api_port == 8001


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings get printed when something goes wrong."""
    monkeypatch.setenv("LETTERBOX_CAREERJET_SECRETS", "hush")
    monkeypatch.setenv("LETTERBOX_S3_SECRET_KEY", "hush")

    assert "hush" not in repr(load_settings())
