"""Messages of one Message-ID: some programs give it to all that they send."""

from letterbox.boards.node import Node
from letterbox.domain.ids import application_id
from letterbox.domain.submission import Submission


def under_own_id(board: str, submission: Submission) -> Submission:
    """
    Add to a message's id when it was sent, which is the same whatever way it takes.

    One without a Message-ID goes by its digest; one without a date stays as it is.
    """
    said = submission.said
    sent_at = Node(said).moment("sent_at")
    if not isinstance(said, dict) or sent_at is None or not said.get("message_id"):
        return submission
    board_id = f"{submission.board_id}:{sent_at:%Y%m%dT%H%M%SZ}"
    return submission.model_copy(
        update={
            "application_id": application_id(board, board_id),
            "board_id": board_id,
            "said": {**said, "message_id_repeated": True},
        }
    )
