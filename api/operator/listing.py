"""GET /applications: which there are, and where they stand."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, Field

from api.operator.auth import OperatorRoute, note
from api.operator.candidates import page_of_person, text_of
from api.operator.cursors import seal, unseal
from api.operator.dependencies import AtDesk
from api.operator.examples import PAGE, answered
from api.operator.problems import documented
from letterbox.domain.listing import Filter, Item


class Listing(Filter):
    """Which part of which list is asked for."""

    limit: int = Field(50, ge=1, le=200, description="At most so many at once.")
    cursor: str | None = Field(
        None,
        max_length=4000,
        description="`next` of the page before, with the same filters.",
    )


class Page(BaseModel):
    """A part of a list; it may hold fewer than asked for, even none, before the end."""

    items: list[Item]
    next: str | None = Field(description="The cursor of what follows; null at the end.")


router = APIRouter(route_class=OperatorRoute)


@router.get("/applications", responses=answered(PAGE) | documented(400, 409, 422))
async def list_applications(
    request: Request,
    desk: AtDesk,
    asked: Annotated[Listing, Query()],
    candidate: Annotated[
        str | None,
        Header(
            alias="X-Candidate-Email",
            description=(
                "Only the applications of this person, archived ones too. Never in"
                " the address, which is logged on its way. Needs LETTERBOX_DIGEST_KEY."
            ),
            examples=["ada@example.com"],
        ),
    ] = None,
) -> Page:
    """
    List applications, the open ones first, each by the latest news of it.

    What has ended is listed for as long as Temporal remembers it; by candidate, for
    as long as its archive is kept. A list that changes while it is read may show an
    application twice.
    """
    wanted = Filter.model_validate(asked.model_dump(exclude={"limit", "cursor"}))
    # Not by whom: an address has no place in a cursor, not even as a digest.
    kind = f"{candidate is not None} {wanted.model_dump_json()}"
    place = (
        unseal(asked.cursor, kind, desk.tokens) if asked.cursor is not None else None
    )
    after: bytes | None
    if candidate is None:
        items, after = await desk.workflows.page(wanted, asked.limit, place)
    else:
        items, last = await to_thread.run_sync(
            page_of_person,
            desk,
            text_of(candidate),
            wanted,
            asked.limit,
            (place or b"").decode(),
        )
        after = last.encode() if last else None
        ids = [item.id for item in items]
        note(request, "a candidate's applications listed", applications=ids)
    following = seal(after, kind, desk.tokens[0]) if after else None
    return Page(items=items, next=following)
