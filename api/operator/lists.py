"""Lists of applications: which are wanted, and what is told of each."""

from pydantic import BaseModel, Field

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
