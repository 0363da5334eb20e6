"""What is installed besides the command: its import names, and no others."""

import subprocess
import sys
import zipfile

import pytest

from tests.support import ROOT

_PACKAGES = {
    "activities",
    "api",
    "letterbox",
    "letterbox_cli",
    "seek_sandbox",
    "workflows",
}
_NAMES = {*_PACKAGES, "worker"}


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel of what git knows, as the image does."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (
            not name.startswith(("tests/", "docs/", "bench/"))
            and (ROOT / name).exists()
        ):
            file = source / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes((ROOT / name).read_bytes())
    build = (
        "import sys; from setuptools import build_meta as backend;"
        " backend.build_wheel(sys.argv[1])"
    )
    subprocess.run(
        (sys.executable, "-c", build, str(built)),
        cwd=source,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return zipfile.ZipFile(next(built.glob("*.whl")))


def test_the_wheel_installs_seven_import_names(wheel: zipfile.ZipFile) -> None:
    """Each further name could be somebody else's module."""
    names = {name.partition("/")[0].removesuffix(".py") for name in wheel.namelist()}

    assert {name for name in names if not name.endswith(".dist-info")} == _NAMES


def test_the_wheel_has_every_module_and_every_file_that_is_read(
    wheel: zipfile.ZipFile,
) -> None:
    """What the wheel lacks is missed nowhere but in the image."""
    wanted = {
        file.relative_to(ROOT).as_posix()
        for package in _PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.suffix in {".py", ".graphql", ".json", ".pdf"}
    }

    assert wanted | {"worker.py"} <= set(wheel.namelist())


def test_the_wheel_may_not_be_uploaded_by_mistake(wheel: zipfile.ZipFile) -> None:
    """Four of its names are generic: it belongs into an environment of its own."""
    [metadata] = [name for name in wheel.namelist() if name.endswith("/METADATA")]

    assert b"Classifier: Private :: Do Not Upload" in wheel.read(metadata)
