"""Search attributes: what applications can be filtered by; nothing of a person."""

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from letterbox.domain.status import Status

BOARD = SearchAttributeKey.for_keyword("LetterboxBoard")
STAGE = SearchAttributeKey.for_keyword("LetterboxStage")
POSITION = SearchAttributeKey.for_keyword("LetterboxPosition")
POSTING = SearchAttributeKey.for_keyword("LetterboxPosting")
HIRER = SearchAttributeKey.for_keyword("LetterboxHirer")
FLAGS = SearchAttributeKey.for_keyword_list("LetterboxFlags")
ARCHIVE_BY = SearchAttributeKey.for_datetime("LetterboxArchiveBy")

ALL: tuple[SearchAttributeKey[Any], ...] = (
    BOARD,
    STAGE,
    POSITION,
    POSTING,
    HIRER,
    FLAGS,
    ARCHIVE_BY,
)


# SQL visibility stores no more; a longer value would fail the workflow for ever.
_MAX_LENGTH = 255


def fit(value: str) -> str:
    """
    Cut a value to what can be searched for.

    No database holds a null character, and one that is asked for it fails as if it
    were away.
    """
    return value.replace("\0", "").encode()[:_MAX_LENGTH].decode(errors="ignore")


def updates(status: Status) -> list[SearchAttributeUpdate[Any]]:
    """Return the search attributes of a status; what is unknown stays as it is."""
    known = (
        (POSITION, status.position),
        (POSTING, status.posting),
        (HIRER, status.hirer),
    )
    return [
        STAGE.value_set(status.stage),
        FLAGS.value_set(list(status.flags)),
        *(key.value_set(fit(value)) for key, value in known if value),
        *([ARCHIVE_BY.value_set(status.archive_by)] if status.archive_by else []),
    ]
