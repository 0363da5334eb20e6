"""Forms that parsers stumble over, and inbox records that nobody can read."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.end_to_end.processes.canaries import Marks

_BOUNDARY = "xYzZY"
FORM_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"


def part(disposition: str, content: bytes, *headers: str) -> bytes:
    """Spell one part of a form."""
    lines = (f"Content-Disposition: form-data; {disposition}", *headers, "", "")
    return "\r\n".join(lines).encode() + content


def form(*parts: bytes) -> bytes:
    """Spell a form of parts."""
    opened = (f"--{_BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts)
    return b"".join(opened) + f"--{_BOUNDARY}--\r\n".encode()


def odd_parts(marks: Marks) -> Iterator[bytes]:
    """Make parts that parsers stumble over, and say so."""
    mark = marks.text("odd").encode()
    yield mark
    yield mark + b": x\r\n\r\n" + mark
    yield b"Content-Disposition: \xff\xfe" + mark + b"\r\n\r\n" + mark
    yield b"Content-Disposition\x00: " + mark + b"\r\n\r\n" + mark
    yield part('name="cv"; filename="x"', mark, f"X: {mark.decode() * 2000}")
    yield part('name="cv"', mark, "Content-Transfer-Encoding: base64")
    yield part('name="cv"', b"=" + mark, "Content-Transfer-Encoding: base64")
    nested = "Content-Type: multipart/mixed; boundary=inner"
    yield part(f'name="{mark.decode()}"', b"--inner\r\n" + mark, nested)


def odd_files(marks: Marks) -> Iterator[bytes]:
    """Make files with names in every spelling."""
    name = marks.text("file")
    for disposition in (
        f"name=cv; filename*=UTF-8''%E2%98%83{name}",
        f"name=cv; filename*=latin-9'x'%FF{name}",
        f'name="{name}"; filename="\\"{name}"',
        'name="cv"; filename=""',
    ):
        content = marks.document("a file").encode()
        yield part(disposition, content, f"Content-Type: {name}")


def odd_bodies(marks: Marks) -> Iterator[bytes]:
    """Make bodies that are no board's, though its secret has signed them."""
    mark = marks.text("a body")
    yield mark.encode()
    yield json.dumps([mark]).encode()
    yield json.dumps({"id": mark * 20}).encode()
    yield json.dumps({"id": "1", "applicant": {"email": mark}}).encode()[:-2]
    yield b'{"id": "\xff\xfe", "applicant": "' + mark.encode() + b'"}'
    yield json.dumps({"id": None, mark: mark}).encode()
    yield b"[" * 100_000 + mark.encode()


UNREADABLE = 6
"""So many of the corruptions spoil the record itself, and not what the board said."""


def corruptions(marks: Marks) -> Iterator[Callable[[dict[str, Any]], str]]:
    """Spoil an inbox record in the ways that validation and code can complain of."""
    mark = marks.text("corrupted")

    def replaced(**changes: Any) -> Callable[[dict[str, Any]], str]:
        return lambda record: json.dumps({**record, **changes})

    yield lambda record: json.dumps(record).replace("}", f"}} {mark}", 1)
    yield lambda record: json.dumps(record)[: len(json.dumps(record)) // 2] + mark
    yield lambda _: f'"{mark}"'
    yield replaced(received_at=mark)
    yield replaced(version=mark)
    yield replaced(board=mark)
    yield replaced(said=mark)
    yield replaced(said={"fields": [{"name": mark}, {"value": mark}, mark]})
    yield replaced(documents=[{"name": f"../{mark}", "role": mark, "size": mark}])
    role = {"role": "OTHER", "sha256": mark, "size": 1}
    yield replaced(documents=[{**role, "name": f"../{mark}"}])
    yield replaced(region={"reason": mark, "elsewhere": mark})
