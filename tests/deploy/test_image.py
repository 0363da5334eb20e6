"""The Dockerfile against what it copies, and its lock against the repository's."""

import re
import tomllib
from typing import Any

import pytest

from tests.deploy.composed import ours
from tests.support import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name} (.+)$", joined, re.MULTILINE)


def _copied() -> set[str]:
    return {
        source
        for words in _instructions("COPY")
        if not words.startswith("--from")
        for source in words.split()[:-1]
    }


def _locked(file: str) -> dict[str, str]:
    """Read a lock: what is written for each package, hashes included."""
    blocks = re.findall(
        r"^([\w.-]+)(==(?:.*\\\n)*.*\n)", (ROOT / file).read_text(), re.MULTILINE
    )
    return dict(blocks)


def test_what_the_dockerfile_copies_exists_and_is_not_ignored() -> None:
    """``.dockerignore`` hides the rest: no secret can get into the image."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in ignored if line.startswith("!")}

    assert all(list(ROOT.glob(source)) for source in _copied())
    assert "*" in ignored
    assert let_in == _copied()


def test_the_dockerfile_copies_every_package() -> None:
    """The image has what the wheel is made of."""
    assert _packages() <= _copied()
    assert "*.py" in _copied()


def test_the_wheel_has_every_module() -> None:
    """One that it lacks is missed nowhere but in the image."""
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}
    modules = {file.stem for file in ROOT.glob("*.py")}

    assert packages - {"bench"} == _packages()
    assert modules == set(PROJECT["tool"]["setuptools"]["py-modules"])


def _packages() -> set[str]:
    found = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    return {name.removesuffix("*") for name in found}


def test_the_image_starts_the_letterbox_command() -> None:
    """Commands of the compose file are arguments to it."""
    [entry] = _instructions("ENTRYPOINT")

    assert entry == str(list(PROJECT["project"]["scripts"])).replace("'", '"')
    assert _instructions("STOPSIGNAL") == ["SIGTERM"]


def test_the_images_base_is_pinned_and_the_python_that_is_tested() -> None:
    """Both stages are of one base, or the virtual environment would not fit."""
    bases = {words.split()[0] for words in _instructions("FROM")}

    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", bases.pop())
    assert PROJECT["project"]["requires-python"] == ">=3.11"


def test_the_image_runs_as_the_user_that_the_compose_file_names() -> None:
    """Nobody else, whoever starts it."""
    assert _instructions("USER") == [one["user"] for one in ours().values()][:1]
    assert len({one["user"] for one in ours().values()}) == 1


def test_the_image_installs_what_is_locked() -> None:
    """Each package as in ``requirements.lock``, to the hash."""
    everything, here = _locked("requirements.lock"), _locked("deploy/requirements.lock")

    assert len(here) > 40
    assert {name: everything[name] for name in here} == here


def test_the_image_installs_all_dependencies_and_no_tools() -> None:
    """The image has all dependencies, and nothing of the extras ``dev`` and ``up``."""
    here = _locked("deploy/requirements.lock")
    needed = {_name(one) for one in PROJECT["project"]["dependencies"]}
    extras = PROJECT["project"]["optional-dependencies"]
    tools = {_name(one) for extra in extras.values() for one in extra}

    assert needed <= set(here)
    assert not tools & set(here)


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0]


@pytest.mark.parametrize("command", ["pip", "setuptools"])
def test_build_tools_do_not_stay_in_the_image(command: str) -> None:
    """What builds is of no use to who runs it, unless it is an intruder."""
    final = DOCKERFILE.rpartition("\nFROM ")[2]

    assert re.search(rf"^RUN pip uninstall .*\b{command}\b", final, re.MULTILINE)
    assert "apt-get" not in final
