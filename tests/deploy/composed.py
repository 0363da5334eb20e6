"""``docker-compose.yml``, read as the tests of the deployment want it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from tests.support import ROOT

FILE = ROOT / "docker-compose.yml"

Service = dict[str, Any]


@cache
def compose() -> dict[str, Any]:
    """Read the file, its anchors and merges resolved."""
    read: dict[str, Any] = YAML(typ="safe").load(FILE)
    return read


def services() -> dict[str, Service]:
    """Give every service by its name."""
    found: dict[str, Service] = compose()["services"]
    return found


def ours() -> dict[str, Service]:
    """Give those that run the image of this repository."""
    return {name: one for name, one in services().items() if "build" in one}


def jobs() -> set[str]:
    """Name those that end: somebody waits for that."""
    return {
        name
        for _, name, condition in dependencies()
        if condition == "service_completed_successfully"
    }


def dependencies() -> Iterator[tuple[str, str, str]]:
    """Tell who waits for whom, and for what."""
    for name, one in services().items():
        for other, wanted in one.get("depends_on", {}).items():
            yield name, other, wanted["condition"]


def health_url(name: str) -> str:
    """Give the address that a health check asks, wherever it is in the command."""
    words = " ".join(services()[name]["healthcheck"]["test"])
    _, scheme, rest = words.partition("http://")
    return scheme + rest.split("'", 1)[0]
