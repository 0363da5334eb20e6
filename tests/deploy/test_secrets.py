"""Secrets as files: made by the script, read by the settings."""

import subprocess
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from letterbox.settings import Settings, load_settings
from tests.deploy.composed import compose, ours
from tests.support import ROOT

FROM_OUTSIDE = {
    "careerjet_secrets",
    "indeed_secrets",
    "hellowork_secrets",
    "hellowork_status_key",
    "ziprecruiter_secrets",
    "ziprecruiter_api_user",
    "ziprecruiter_api_password",
    "linkedin_secrets",
    "linkedin_access_token",
    "indeed_client_secret",
    "generic_secrets",
    "mail_secrets",
    "oidc_client_secret",
    "seek_webhook_secrets",
    "seek_client_secret",
}
DELIVERY = "LETTERBOX_DELIVERY_URL"


def test_the_script_makes_every_secret_that_compose_declares(secrets: Path) -> None:
    """What boards have to give us is empty, and so off."""
    declared = compose()["secrets"]

    assert {file.name for file in secrets.iterdir()} == set(declared)
    assert all(
        one["file"] == f"./deploy/secrets/{name}" for name, one in declared.items()
    )
    assert {f.name for f in secrets.iterdir() if not f.stat().st_size} == FROM_OUTSIDE


def test_the_script_keeps_secrets_that_are_there(secrets: Path) -> None:
    """Run again, it changes nothing: a new digest key would lose people."""
    before = {file.name: file.read_bytes() for file in secrets.iterdir()}

    subprocess.run(["sh", ROOT / "deploy/make-secrets.sh", secrets], check=True)

    assert {file.name: file.read_bytes() for file in secrets.iterdir()} == before


def test_containers_can_read_secrets_and_other_users_cannot(secrets: Path) -> None:
    """Compose mounts the files as they are, for users that this machine lacks."""
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in secrets.iterdir()} == {0o644}


def test_git_and_docker_ignore_the_secrets() -> None:
    """The folder keeps everything but its own .gitignore out of the repository."""
    ignored = (ROOT / "deploy/secrets/.gitignore").read_text().split()

    assert ignored == ["*", "!.gitignore"]


@pytest.mark.parametrize("name", sorted(ours()))
def test_every_service_starts_with_the_secrets_that_the_script_makes(
    secrets: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Each of our services starts with them: boards off, deliveries signed."""
    settings = _settings(name, secrets, monkeypatch, tmp_path)

    key = (secrets / "s3_secret_key").read_text().strip()
    assert settings.s3_secret_key.get_secret_value() == key
    assert settings.operator_token.get_secret_value()
    assert settings.digest_key
    assert not settings.secrets_of("careerjet")
    assert not settings.secrets_of("seek")
    [signs] = settings.delivery_secret
    assert Webhook(signs.get_secret_value())


def _settings(
    name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> Settings:
    """Read what the service would, in a container of its own."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv(DELIVERY, "https://ats.example.com/events")
    for variable, text in ours()[name]["environment"].items():
        monkeypatch.setenv(variable, text.replace("/run/secrets", str(secrets)))
    return load_settings()
