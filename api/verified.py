"""What a handler of a board's request receives: what was sent, already verified."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import Annotated, NoReturn

from fastapi import Depends, HTTPException, Request
from pydantic import JsonValue

from api.bodies import chunks, drain, whole
from api.dependencies import ApiServices, Services
from api.multipart.form import Files, read_form
from api.multipart.shapes import FormShape
from api.posts import read_post
from letterbox.boards.abilities import ChallengeBoard, SharedIdBoard
from letterbox.boards.base import REFUSALS, FormBoard, NoticeBoard, Outcome, PostBoard
from letterbox.boards.fetching import Notices
from letterbox.domain.drafts import Contents
from letterbox.domain.errors import NotFoundError
from letterbox.domain.submission import Submission

# Ten events are some 5 KB; this much is held in memory before the signature is known.
_MAX_NOTICE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class VerifiedSubmission:
    """An application that its board has signed."""

    board: FormBoard | PostBoard
    refuses: Collection[Outcome]
    """What the board has a word for, and is to be told."""
    submission: Submission
    contents: Contents
    """Its documents; closed once it is answered."""
    remarks: Mapping[str, JsonValue] = field(default_factory=dict)
    """What its sender is told beside the reply."""


@dataclass(frozen=True, slots=True)
class VerifiedNotices:
    """Events that their board has signed."""

    board: str
    notices: Notices
    began: float
    """When the request's body began to be read, by ``perf_counter``."""


@asynccontextmanager
async def read_submission(
    name: str, request: Request, services: ApiServices
) -> AsyncIterator[VerifiedSubmission]:
    """
    Read what a board posts to ``/apply/{board}``.

    A board without a secret is as unknown as no board (NotFoundError).
    """
    secrets = services.secrets_of(name)
    form_board = services.form_boards.get(name)
    board = form_board or services.post_boards.get(name)
    if not board or not secrets:
        await _refuse(request, services, "no board takes applications at this address")
    request.state.board = board
    began = perf_counter()
    if form_board:
        reading = _of_form(form_board, request, secrets, services)
    else:
        reading = _of_post(services.post_boards[name], request, secrets, services)
    async with services.starter.answering(), reading as verified:
        # Only what is signed is measured: a stranger may be slow on purpose.
        request.state.began = began
        request.state.application = verified.submission.application_id
        yield verified


@asynccontextmanager
async def _of_form(
    board: FormBoard, request: Request, secrets: Sequence[bytes], services: ApiServices
) -> AsyncIterator[VerifiedSubmission]:
    content_type = request.headers.get("content-type")
    shape = request.state.form_shape = FormShape(board.fields)
    files = Files(services.applications.draft, services.in_time)
    form = read_form(chunks(request), content_type, services.limits, shape, files)
    async with form as received:
        submission = board.receive(received.form, secrets, datetime.now(UTC))
        yield VerifiedSubmission(board, REFUSALS, submission, received.draft)


@asynccontextmanager
async def _of_post(
    board: PostBoard, request: Request, secrets: Sequence[bytes], services: ApiServices
) -> AsyncIterator[VerifiedSubmission]:
    async with read_post(request, board, secrets, services) as received:
        refuses, submission = board.refuses(services.settings), received.submission
        if isinstance(board, SharedIdBoard):
            settle = partial(services.own_ids.settled, board, submission)
            submission = await services.in_time(settle)
        yield VerifiedSubmission(
            board, refuses, submission, received.contents, received.remarks
        )


async def _challenge(board: str, request: Request, services: Services) -> JsonValue:
    """Answer whoever asks, where a board does; to others this is no address to GET."""
    known, secrets = services.boards.get(board), services.secrets_of(board)
    is_challenged = isinstance(known, ChallengeBoard)
    if isinstance(known, FormBoard | PostBoard) and not is_challenged:
        allowed = {"Allow": "POST"}
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers=allowed)
    if not isinstance(known, ChallengeBoard) or not secrets:
        raise NotFoundError("no board takes applications at this address")
    return known.challenge(request.query_params.multi_items(), secrets)


async def _notices(board: str, request: Request, services: Services) -> VerifiedNotices:
    """Read a body whole, and verify it before anything else is made of it."""
    known, secrets = services.boards.get(board), services.secrets_of(board)
    if not isinstance(known, NoticeBoard) or not secrets:
        await _refuse(request, services, "no board sends notifications to this address")
    request.state.notice_board = known.name
    began = perf_counter()
    max_bytes = services.limits.body_bytes
    body = await whole(request, min(max_bytes, _MAX_NOTICE_BYTES), drained=max_bytes)
    notices = known.notices(body, request.headers, secrets, datetime.now(UTC))
    return VerifiedNotices(known.name, notices, began)


async def _refuse(request: Request, services: Services, reason: str) -> NoReturn:
    await drain(request, services.limits.body_bytes)
    raise NotFoundError(reason)


ChallengeDep = Annotated[JsonValue, Depends(_challenge)]
"""The answer to a board that asks whether ``/apply/{board}`` is ours."""
NoticesDep = Annotated[VerifiedNotices, Depends(_notices)]
"""Events posted to ``/webhooks/{board}``; nothing else reaches the handler."""
