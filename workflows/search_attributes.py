"""What the Temporal UI can filter applications by; never anything of a person."""

from typing import Any

from temporalio.common import SearchAttributeKey

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
