"""What is set in vain: misspelt settings and empty files are told at each start."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from letterbox.settings.unread import (
    empty_files,
    unparsed_lines,
    unread_settings,
    warn_of_unread_settings,
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an environment of nothing, and no ``.env`` yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.environ", {})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("STOER", "LETTERBOX_STOER is not a setting: did you mean LETTERBOX_STORE?"),
        (
            "CAREERJET_SECRET",
            (
                "LETTERBOX_CAREERJET_SECRET is not a setting:"
                " did you mean LETTERBOX_CAREERJET_SECRETS?"
            ),
        ),
        (
            "CAREERJET_SECRETS_FILES",
            (
                "LETTERBOX_CAREERJET_SECRETS_FILES is not a setting:"
                " did you mean LETTERBOX_CAREERJET_SECRETS_FILE?"
            ),
        ),
        (
            "WORKER_BUILD_ID",
            (
                "LETTERBOX_WORKER_BUILD_ID is not a setting:"
                " did you mean TEMPORAL_WORKER_BUILD_ID?"
            ),
        ),
        ("COLOUR", "LETTERBOX_COLOUR is not a setting of Letterbox: nothing reads it"),
        ("SERVICE_HOST", None),
        ("PORT", None),
        ("PORT_8000_TCP_PROTO", None),
        ("API_PORT_8000_TCP", None),
        ("API_PORT", None),
        ("DIGEST_KEY_FILE", None),
    ],
)
def test_a_name_that_nothing_reads_is_told_with_the_one_that_was_meant(
    name: str, sentence: str | None
) -> None:
    """In ``.env`` or in the environment; what Kubernetes sets is nobody's mistake."""
    Path(".env").write_text(f"LETTERBOX_{name}=1\nOTHER=1\n", "utf-8-sig")

    assert [str(unread) for unread in unread_settings()] == [sentence] * bool(sentence)


@pytest.mark.parametrize(
    ("content", "is_told"), [(None, False), ("", True), ("secret", False)]
)
def test_an_empty_file_is_told(
    monkeypatch: pytest.MonkeyPatch, content: str | None, *, is_told: bool
) -> None:
    """What the secret is for is off; a missing file refuses the start anyway."""
    monkeypatch.setattr("os.environ", {"LETTERBOX_CAREERJET_SECRETS_FILE": "secret"})
    if content is not None:
        Path("secret").write_text(content)

    assert empty_files() == ["LETTERBOX_CAREERJET_SECRETS_FILE"] * is_told


def test_a_process_logs_all_of_it_when_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An API or a worker has nobody else who would look."""
    Path("empty").touch()
    monkeypatch.setattr(
        "os.environ",
        {"LETTERBOX_STOER": "file:x", "LETTERBOX_DIGEST_KEY_FILE": "empty"},
    )

    with capture_logs() as logged:
        warn_of_unread_settings()

    assert logged == [
        {
            "event": "unknown setting",
            "log_level": "warning",
            "variable": "LETTERBOX_STOER",
            "meant": "LETTERBOX_STORE",
        },
        {
            "event": "the file of a secret is empty: it is off",
            "log_level": "warning",
            "variable": "LETTERBOX_DIGEST_KEY_FILE",
        },
    ]


def test_a_line_that_does_not_parse_is_told_once_with_its_file(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """And not quoted: it may be a secret."""
    Path(".env").write_text("LETTERBOX_TASK_QUEUE=1\na secret of mine\n", "utf-8-sig")

    [line] = unparsed_lines()
    with capture_logs() as logs:
        warn_of_unread_settings()

    assert (
        line == f"{Path('.env').absolute()}, line 2: is not NAME=value, and is ignored"
    )
    assert [one["reason"] for one in logs] == [line]
    assert capfd.readouterr().err == ""
