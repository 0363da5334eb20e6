"""Secrets, as an installation makes them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make every secret with the script of the deployment."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("deployed") / "secrets"
    subprocess.run(["sh", ROOT / "deploy/make-secrets.sh", folder], check=True)
    return folder
