"""docs/architecture.md: its map, layers and words are those of the code."""

import re
import tomllib
from importlib import import_module

import pytest

from tests.support import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text()
TOP_FOLDERS = sorted(
    path.name
    for path in ROOT.iterdir()
    if any(path.glob("**/*.py")) and path.name[0] != "."
)
IN_LETTERBOX = sorted(
    path.name
    for path in (ROOT / "letterbox").iterdir()
    if path.name not in {"__init__.py", "__pycache__"}
)
WORDS = re.findall(
    r"^\| ([\w, ]+) \| .+ \| `([\w/]+)\.py`(?: `(\w+)`)? \|$", PAGE, re.MULTILINE
)


def section(title: str) -> str:
    """Return what stands below a heading, up to the next one."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", ["worker.py", "deploy", "docs", *TOP_FOLDERS])
def test_the_map_names_every_folder_at_the_top(name: str) -> None:
    """Whoever opens the repository finds in the map what each folder is for."""
    assert re.search(rf"^{re.escape(name)}/? ", section("The map"), re.MULTILINE)


@pytest.mark.parametrize("name", IN_LETTERBOX)
def test_the_map_names_every_folder_and_module_of_letterbox(name: str) -> None:
    """A module that the map does not name is found by nobody."""
    assert re.search(rf"── .*\b{re.escape(name)}[/, ]", section("The map"))


def test_the_layers_of_the_page_are_the_contracts() -> None:
    """What the page draws is what import-linter checks."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = [
        [" | ".join(sorted(layer.split(" | "))) for layer in contract["layers"]]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]

    drawn = re.findall(r"```\n(.*?)\n```", section("Layers"), re.DOTALL)

    assert [block.splitlines() for block in drawn] == contracts


@pytest.mark.parametrize(("word", "module", "name"), WORDS)
def test_every_word_of_the_glossary_is_in_the_code(
    word: str, module: str, name: str
) -> None:
    """A term names its module and, but where the module is the thing, its class."""
    found = import_module(module.replace("/", "."))

    assert not name or hasattr(found, name), word


def test_the_glossary_has_some_twenty_words() -> None:
    """Every line of the table is read, and none twice."""
    rows = section("Words").count("\n| ") - 2

    assert len(WORDS) == rows >= 20
    assert len({word for word, _, _ in WORDS}) == rows
