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
    ("variables", "told"),
    [
        ("RETENTION=180", "RETENTION: not a duration such as 30s, 15m, 12h or 14d"),
        ("SWEEP_EVERY=0", "SWEEP_EVERY: must be at least 1 second"),
        ("RETENTION=0", "RETENTION: must be more than 0 seconds"),
        ("API_PORT=70000", "API_PORT: must be at most 65535"),
        ("API_PORT=http", "API_PORT: must be a whole number"),
        ("API_PORT=1.5", "API_PORT: must be a whole number"),
        ("BOARD_CALLS_PER_SECOND=many", "BOARD_CALLS_PER_SECOND: must be a number"),
        ("SWEEP_EVERY=999999999d", "SWEEP_EVERY: must be at most 36500d"),
        (
            "S3_ENDPOINT=http://minio:99999",
            "S3_ENDPOINT: is not a valid URL: check its host and port",
        ),
        (
            "SEEK_TOKEN_URL=http://[::1",
            "SEEK_TOKEN_URL: is not a valid URL: check its host and port",
        ),
        (
            "POSITION_FEED=https://jobs:x/feed",
            "POSITION_FEED: is not a valid URL: check its host and port",
        ),
        (
            "S3_REGION=eu_",
            "S3_REGION: must have letters, digits and hyphens, such as us-east-1",
        ),
        ("STORE=ftp://x", "STORE: must be file:FOLDER or s3://BUCKET"),
        (
            "STORE=s3://b",
            (
                "STORE: the bucket of s3://BUCKET must have 3 to 63 letters, digits, "
                "hyphens or dots, and a letter or digit at both ends"
            ),
        ),
        (
            "S3_ENDPOINT=minio:9000",
            "S3_ENDPOINT: must be a URL with its scheme, http:// or https://",
        ),
        (
            "S3_ENDPOINT=http://minio:9000/bucket",
            "S3_ENDPOINT: must be a scheme, a host and a port, and nothing else",
        ),
        (
            "S3_ENDPOINT=http://",
            "S3_ENDPOINT: must name a host, such as https://s3.example.com",
        ),
        (
            "STORE=s3://bucket S3_ACCESS_KEY=a S3_SECRET_KEY=b",
            "S3_ENDPOINT is needed for an s3:// store",
        ),
        (
            "ARCHIVE_MARGIN=181d",
            "ARCHIVE_MARGIN (181d) is longer than LETTERBOX_RETENTION (180d)",
        ),
        (
            "DELIVERY_URL=http://ats",
            "DELIVERY_SECRET is needed for LETTERBOX_DELIVERY_URL",
        ),
        ("REGION_POLICY=maybe", "REGION_POLICY: must be accept, flag or refuse"),
        ("SEEK_UNMATCHED=drop", "SEEK_UNMATCHED: must be triage or discard"),
        (
            "CAREERJET_SECRETS=a CAREERJET_SECRETS_FILE=b",
            (
                "CAREERJET_SECRETS and LETTERBOX_CAREERJET_SECRETS_FILE are both set: "
                "remove one of them"
            ),
        ),
        (
            "API_PORT_FILE=gone",
            "API_PORT_FILE: the file cannot be read (No such file or directory)",
        ),
        (
            "DIGEST_KEY_FILE=/tmp",
            "DIGEST_KEY_FILE: the file /tmp cannot be read (Is a directory)",
        ),
    ],
)
def test_a_wrong_setting_is_told_in_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, variables: str, told: str
) -> None:
    """Whoever set it reads what is wrong, in our words and not in a library's."""
    for variable in variables.split():
        name, _, text = variable.partition("=")
        monkeypatch.setenv(f"LETTERBOX_{name}", text)

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert str(raised.value) == f"LETTERBOX_{told}"
    assert raised.value.mistakes == (f"LETTERBOX_{told}",)


@pytest.mark.parametrize("name", ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_a_key_of_two_lines_is_refused_and_not_shown(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may have more in it; no header holds that, and its error shows the key."""
    monkeypatch.setenv(f"LETTERBOX_{name}", "canary\nanother line")

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert str(raised.value) == (
        f"LETTERBOX_{name}: must be one line, without control characters"
    )


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only follows from another mistake is left out, whatever else is not."""
    monkeypatch.setenv("LETTERBOX_API_PORT", "80000")
    monkeypatch.setenv("LETTERBOX_RETENTION", "6mo")
    monkeypatch.setenv("LETTERBOX_ARCHIVE_MARGIN", "1000d")
    monkeypatch.setenv("LETTERBOX_STORE", "s3://bucket")
    monkeypatch.setenv("LETTERBOX_S3_ENDPOINT", "minio:9000")
    monkeypatch.setenv("LETTERBOX_OPERATOR_TOKEN_FILE", "gone")

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert sorted(raised.value.mistakes) == [
        "LETTERBOX_API_PORT: must be at most 65535",
        (
            "LETTERBOX_OPERATOR_TOKEN_FILE: the file cannot be read"
            " (No such file or directory)"
        ),
        "LETTERBOX_RETENTION: not a duration such as 30s, 15m, 12h or 14d",
        "LETTERBOX_S3_ACCESS_KEY is needed for an s3:// store",
        "LETTERBOX_S3_ENDPOINT: must be a URL with its scheme, http:// or https://",
        "LETTERBOX_S3_SECRET_KEY is needed for an s3:// store",
    ]
    heading, *lines = str(raised.value).splitlines()
    assert heading == "6 settings are wrong:"
    assert lines == [f"  {mistake}" for mistake in raised.value.mistakes]


def test_a_secret_in_the_place_of_a_path_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Somebody sets NAME_FILE to the secret itself; a path is worth showing."""
    told = []
    for path in ("c2VjcmV0/9+aGVyZQ==", str(tmp_path / "gone"), "gone\0"):
        monkeypatch.setattr(
            "os.environ", {"LETTERBOX_DIGEST_KEY_FILE": path, "HOME": str(tmp_path)}
        )
        with pytest.raises(SettingsError) as raised:
            load_settings()
        told.append(str(raised.value))

    assert told == [
        (
            "LETTERBOX_DIGEST_KEY_FILE: the file cannot be read"
            " (No such file or directory)"
        ),
        (
            f"LETTERBOX_DIGEST_KEY_FILE: the file {tmp_path}/gone cannot be read"
            " (No such file or directory)"
        ),
        "LETTERBOX_DIGEST_KEY_FILE: must be the path of a file",
    ]


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
    [
        (".env", ".env"),
        ("secret", "LETTERBOX_CAREERJET_SECRETS_FILE: the file secret"),
    ],
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
