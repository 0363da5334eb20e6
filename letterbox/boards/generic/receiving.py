"""What is posted, taken apart: its documents, what is kept apart, and the rest."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from pydantic import JsonValue

from letterbox.boards.base import Head, ReceivedPost
from letterbox.boards.generic.application import PostedApplication
from letterbox.boards.generic.form import (
    MEDIA_TYPE,
    FormPart,
    application_of,
    read_form,
)
from letterbox.boards.generic.lenient import fitted
from letterbox.boards.generic.signature import is_late
from letterbox.boards.node import Node
from letterbox.boards.posting.fingerprints import fingerprint
from letterbox.boards.posting.inline_files import InlineFiles, digest_of_files
from letterbox.boards.posting.json_body import read_object
from letterbox.domain.errors import MalformedError, TooLargeError
from letterbox.domain.ids import application_id, is_usable_id
from letterbox.domain.submission import Role, Submission

_Path = tuple[str | int, ...]
DOCUMENTS, DEMOGRAPHICS = "documents", "demographics"
_CONTENT = "content"
_MAX_WARNINGS = 50
_ROLES = {role.value.lower(): role for role in Role}
# When and from where it was sent makes no other application.
_INCIDENTAL = {DOCUMENTS, DEMOGRAPHICS, "applied_at", "source", "version"}


def receive_application(
    board: str, head: Head, body: BinaryIO, now: datetime
) -> ReceivedPost:
    """Make a submission of JSON or a form; all that was signed is in it."""
    with ExitStack() as closing:
        payload, parts = _opened(head, body, closing)
        board_id = Node(payload).word("id") or ""
        if not is_usable_id(board_id):
            raise MalformedError(
                "the application needs an id: text of 1 to 128 characters, without "
                "control characters",
                field="id",
            )
        files = InlineFiles()
        faults = _take_documents(payload, files, parts)
    demographics, misplaced = _take_demographics(payload)
    faults |= misplaced | fitted(payload, PostedApplication).faults
    submission = Submission(
        application_id=application_id(board, board_id),
        board=board,
        board_id=board_id,
        fingerprint=_fingerprint(board_id, payload, files),
        received_at=now,
        said=payload,
        demographics=demographics,
        documents=tuple(files.documents),
    )
    remarks = _remarks(faults, is_late=is_late(head.headers, now))
    return ReceivedPost(submission, files.contents, remarks)


def _opened(
    head: Head, body: BinaryIO, closing: ExitStack
) -> tuple[dict[str, JsonValue], list[FormPart]]:
    """Return the JSON, and the parts beside it in a form."""
    content_type = head.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        return read_object(body), []
    parts = read_form(body, content_type, closing)
    application = application_of(parts)
    return read_object(application.file), [
        part for part in parts if part is not application
    ]


def _take_documents(
    payload: dict[str, JsonValue], files: InlineFiles, parts: list[FormPart]
) -> dict[_Path, str]:
    """Take contents out of the JSON, and files from the form; return what is wrong."""
    left, faults = list(parts), dict[_Path, str]()
    for number, document in enumerate(_listed(payload)):
        if not isinstance(document, dict):
            continue
        before = len(files.documents)
        part = _pop(left, Node(document).text("part"))
        known = _known_of(Node(document), part)
        if part:
            _take_part(part, files, **known)
        elif _CONTENT in document:
            document[_CONTENT] = files.take(document[_CONTENT], **known)
        taken = files.documents[before:]
        if not taken:
            faults[DOCUMENTS, number] = "it has no content, and names no part"
        elif taken[0].problem:
            faults[DOCUMENTS, number, _CONTENT] = "not base64: kept as it came"
    for part in left:
        if part.filename or part.size:
            _take_part(part, files, **_known_of(Node(None), part))
    return faults


def _take_demographics(
    payload: dict[str, JsonValue],
) -> tuple[JsonValue, dict[_Path, str]]:
    """Take out what is kept apart, wherever it stands; return what is misplaced."""
    found = dict(_demographics_in(payload))
    misplaced = dict.fromkeys(found, "kept separately: it belongs at the top level")
    whole = found.get((DEMOGRAPHICS,))
    misplaced.pop((DEMOGRAPHICS,), None)
    if misplaced:
        whole = {".".join(map(str, path)): value for path, value in found.items()}
    return whole, misplaced


def _demographics_in(
    value: JsonValue, path: _Path = ()
) -> Iterator[tuple[_Path, JsonValue]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _demographics_in(item, (*path, number))
    elif isinstance(value, dict):
        for key in list(value):
            if key.strip().casefold() == DEMOGRAPHICS:
                yield (*path, key), value.pop(key)
            else:
                yield from _demographics_in(value[key], (*path, key))


def _listed(payload: dict[str, JsonValue]) -> list[JsonValue]:
    documents = payload.get(DOCUMENTS)
    return documents if isinstance(documents, list) else []


def _pop(parts: list[FormPart], name: str | None) -> FormPart | None:
    """Take the first part of a name out of those that are left."""
    for part in parts:
        if part.name == name:
            parts.remove(part)
            return part
    return None


def _known_of(document: Node, part: FormPart | None) -> dict[str, Any]:
    """Return what is known of a document: the JSON says it, or the part does."""
    role = document.text("role") or (part.name if part else "")
    return {
        "role": _ROLES.get(role.strip().lower(), Role.OTHER),
        "filename": document.text("filename") or (part.filename if part else None),
        "declared_type": document.text("media_type")
        or (part.declared_type if part else None),
        "question_id": document.word("question_id"),
    }


def _take_part(part: FormPart, files: InlineFiles, **known: Any) -> None:
    if files.take_bytes(part.chunks(), **known) is None:
        raise TooLargeError("the application has too many documents")


def _fingerprint(
    board_id: str, payload: dict[str, JsonValue], files: InlineFiles
) -> str:
    identity = {key: payload[key] for key in payload if key not in _INCIDENTAL}
    return fingerprint(
        board_id,
        json.dumps(identity, sort_keys=True),
        *digest_of_files(files.documents),
    )


def _remarks(faults: Mapping[_Path, str], *, is_late: bool) -> dict[str, JsonValue]:
    """List what is kept and not understood: in a test, it is a mistake."""
    warnings: list[JsonValue] = [
        {"at": [str(step) for step in path], "problem": problem}
        for path, problem in islice(sorted(faults.items(), key=str), _MAX_WARNINGS)
    ]
    if is_late:
        at: list[JsonValue] = ["webhook-timestamp"]
        problem = "more than 5 minutes from the time of this server"
        warnings.append({"at": at, "problem": problem})
    return {"warnings": warnings} if warnings else {}
