"""A body that was taken apart, as a submission."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.base import ReceivedPost
from letterbox.boards.node import Node
from letterbox.boards.posting.fingerprints import fingerprint
from letterbox.boards.posting.inline_files import InlineFiles, digest_of_files
from letterbox.domain.errors import MalformedError
from letterbox.domain.ids import application_id, is_usable_id
from letterbox.domain.submission import Submission


def board_id_of(node: Node, key: str) -> str:
    """Return the board's own id, sent as ``key``; MalformedError for no usable one."""
    board_id = node.word() or ""
    if not is_usable_id(board_id):
        raise MalformedError(f"{key} is missing, too long or has control characters")
    return board_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenApart:
    """What a board said, without its documents and what is kept apart."""

    board_id: str
    said: dict[str, JsonValue]
    files: InlineFiles
    reference: str | None
    """Ours of the position, as the board has it."""
    identity: Mapping[str, JsonValue]
    """What else makes it this application, and not how it was sent."""
    demographics: JsonValue = None

    def received(self, board: str, now: datetime) -> ReceivedPost:
        """Make a submission of it, whose fingerprint tells a repeat from a conflict."""
        submission = Submission(
            application_id=application_id(board, self.board_id),
            board=board,
            board_id=self.board_id,
            fingerprint=fingerprint(
                self.board_id,
                self.reference or "",
                json.dumps(self.identity, sort_keys=True),
                *digest_of_files(self.files.documents),
            ),
            received_at=now,
            said=self.said,
            demographics=self.demographics,
            documents=tuple(self.files.documents),
        )
        return ReceivedPost(submission, self.files.contents)
