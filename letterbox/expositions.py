"""Metrics as Prometheus reads them: those of one process, or of several as one page."""

import socket
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException

_ANSWERED_WITHIN = 2
_MAX_BYTES = 8 * 1024 * 1024
_OK = 200


def free_loopback_address() -> str:
    """Find a port of this machine for the metrics of one process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    return f"{host}:{port}"


def scrape(address: str) -> str:
    """
    Fetch metrics; nothing where nobody answers. Blocking: call it from a thread.

    Without httpx: the API asks for nothing else, and would start half a second later.
    """
    connection = HTTPConnection(address, timeout=_ANSWERED_WITHIN)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        body = response.read(_MAX_BYTES).decode()
    except (OSError, HTTPException, UnicodeDecodeError):
        return ""
    else:
        return body if response.status == _OK else ""
    finally:
        connection.close()


def merged(pages: Mapping[int, str]) -> str:
    """
    Return one page of several processes' metrics, told apart by the label ``process``.

    As if each were an instance of its own: a gauge stays what one process says, and a
    process that is started anew begins its own counters anew, and no other's.
    """
    heads: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = {}
    for number, page in sorted(pages.items()):
        for family, head, lines in _families(page):
            heads.setdefault(family, head)
            labelled = (_labelled(line, number) for line in lines)
            samples.setdefault(family, []).extend(labelled)
    whole = (line for family in heads for line in heads[family] + samples[family])
    return "".join(f"{line}\n" for line in whole)


def _families(page: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each metric's name, its lines of comment, and its samples."""
    name, head, samples = "", list[str](), list[str]()
    for line in page.splitlines():
        if not line.startswith("#"):
            samples.append(line)
            continue
        about = line.split(" ", 3)[2:3]
        if about != [name]:
            if name:
                yield name, head, samples
            name, head, samples = "".join(about), [], []
        head.append(line)
    if name:
        yield name, head, samples


def _labelled(sample: str, number: int) -> str:
    """Put a label in front of a sample's own."""
    label = f'process="{number}"'
    name, brace, rest = sample.partition("{")
    if brace and " " not in name:
        separator = "" if rest.startswith("}") else ","
        return f"{name}{{{label}{separator}{rest}"
    name, _, value = sample.partition(" ")
    return f"{name}{{{label}}} {value}"
