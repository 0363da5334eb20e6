"""The Markdown pages: what they name exists, and their lines fit a terminal."""

import ast
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest
from typer.main import get_command

from letterbox_cli.main import app
from tests.support import ROOT

MAX_LINE_LENGTH = 119
FILES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    check=True,
    capture_output=True,
    text=True,
).stdout.splitlines()
FOLDERS = {parent.as_posix() for name in FILES for parent in Path(name).parents}
PAGES = sorted(
    name
    for name in FILES
    if name.endswith(".md")
    and ("/" not in name or name.startswith("docs/") or name.endswith("/README.md"))
)
SUFFIXES = (".py", ".md", ".toml", ".yml", ".sh", ".conf", ".graphql", ".lock")
# What is named by its path, with those of the layout of before: they may not return.
# Phrases that slowed readers of the first version, and what is said instead.
ARCHAIC = {
    r"gives? (signed )?notice": "sends a notification",
    r"whose the \w+ are": "the hirer of",
    r"not the whole\b": "only a part",
    r"at most so many": "at most 50",
    r"surely (elsewhere|not)": "clearly",
    r"for who is": "for users of",
    r"\bfor ever\b": "forever",
    r"is no (setting|whole|JSON)\b": "is not a",
    r"what lies in": "what is in",
    r"has said 410": "has answered 410",
}
SPOKEN = [
    name
    for name in FILES
    if name in {"README.md", ".env.example"}
    or name.startswith(
        ("docs/", "deploy/", "letterbox_cli/", "letterbox/settings/", "api/")
    )
    if "/decisions/" not in name
    if name.endswith((".md", ".example", ".yml"))
    or (name.endswith(".py") and "/samples/" not in name)
]
TOPS = {name.split("/")[0] for name in FILES if "/" in name}
FORMER_TOPS = {"boards", "cli", "domain", "gateways", "sandbox"}


@pytest.mark.parametrize("page", PAGES)
def test_every_repository_path_in_a_page_exists(page: str) -> None:
    """A path is a code span with a source's suffix, or below a folder at the top."""
    missing = [path for path in paths_in(page) if not exists(path)]

    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_to_another_leads_somewhere(page: str) -> None:
    """Anchors as GitHub makes them of headings are looked up as well."""
    broken = [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(page))
        if "://" not in target and not leads_somewhere(page, target)
    ]

    assert not broken


@pytest.mark.parametrize("page", PAGES)
def test_lines_of_prose_are_under_120_characters(page: str) -> None:
    """Tables, commands and links that cannot be broken are exempt."""
    long = [
        line
        for line in prose(page).splitlines()
        if len(line) > MAX_LINE_LENGTH and not line.lstrip().startswith("|")
    ]

    assert not long


def test_no_line_of_the_readme_is_longer_than_a_terminal() -> None:
    """It is read in a terminal too: tables and commands included."""
    assert [line for line in text("README.md").splitlines() if len(line) > 120] == []


def test_the_readme_names_every_command() -> None:
    """A command that it does not name is found by nobody."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    table = text("README.md").partition("## Commands")[2].partition("\n## ")[0]

    assert [
        name for name in commands if not re.search(rf"`[^`]*\b{name}\b", table)
    ] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/")])
def test_every_page_is_reached_from_the_index(page: str) -> None:
    """What no page leads to is read by nobody; the decisions are one folder."""
    name = page.removeprefix("docs/")
    index = text("docs/README.md")

    assert f"({name})" in index or name == "README.md" or name.startswith("decisions/")
    assert "(docs/README.md)" in text("README.md")


@pytest.mark.parametrize("name", SPOKEN)
def test_users_are_addressed_in_plain_english(name: str) -> None:
    """What was decided is left as it was written; so are docstrings."""
    said = spoken(name)

    found = {
        phrase: better
        for phrase, better in ARCHAIC.items()
        if re.search(phrase, said, re.IGNORECASE)
    }

    assert not found


def spoken(name: str) -> str:
    """Return a page, or the texts in a module that are no docstrings."""
    if not name.endswith(".py"):
        return text(name)
    tree = ast.parse(text(name))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }
    return "\n".join(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    )


def prose(page: str) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^( *)```.*?^\1```$", "", text(page), flags=re.DOTALL | re.MULTILINE)


def text(page: str) -> str:
    """Return a page as it is written."""
    return (ROOT / page).read_text()


def paths_in(page: str) -> list[str]:
    """Return what looks like a path of the repository in a page's code spans."""
    spans = re.findall(r"`([\w.*<>/-]+)`", prose(page))
    return [
        span
        for span in spans
        if span.endswith(SUFFIXES)
        or ("/" in span and span.split("/")[0] in TOPS | FORMER_TOPS)
    ]


def exists(path: str) -> bool:
    """Check a path from the top, or a file's bare name; ``<…>`` stands for any."""
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    if "/" not in pattern:
        names = {Path(name).name for name in FILES} | FOLDERS
        return any(fnmatch(name, pattern) for name in names)
    return any(fnmatch(name, pattern) for name in [*FILES, *FOLDERS])


def leads_somewhere(page: str, target: str) -> bool:
    """Check that a relative link's file exists, and that it has the heading."""
    path, _, anchor = target.partition("#")
    file = (ROOT / page).parent / path if path else ROOT / page
    if not file.exists():
        return False
    if not anchor or file.suffix != ".md":
        return True
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return anchor in {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def test_make_says_that_it_installs(tmp_path: Path) -> None:
    """It takes minutes the first time, and pip is quiet."""
    words = ("make", "--dry-run", "--no-print-directory", "install")
    printed = subprocess.run(
        (*words, f"VENV={tmp_path / 'none'}"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    first = next(line for line in printed.splitlines() if 'echo "inst' in line)
    assert "(some minutes the first time)" in first
    assert printed.index(first) < printed.index("-m pip install")
