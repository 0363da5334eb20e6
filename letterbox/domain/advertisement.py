"""The ad that was applied to, as its board knows it; part of the record."""

from pydantic import AwareDatetime, Field

from letterbox.domain.candidate import Record


class Organization(Record):
    """A hirer, by the board's own id."""

    id: str | None = None
    name: str | None = None


class PostingWindow(Record):
    """When an ad was to be shown; it may have closed before the end."""

    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


class PositionProfile(Record):
    """The ad that was applied to, as the board knows it."""

    profile_id: str | None = None
    type: str | None = Field(None, description="The board's own code.")
    title: str | None = None
    uri: str | None = None
    organizations: tuple[Organization, ...] = ()
    opening_id: str | None = None
    opening_status: str | None = Field(None, description="The board's own code.")
    opening_partner_metadata: str | None = None
    hirer_job_reference: str | None = None
    billing_reference: str | None = None
    partner_metadata: str | None = None
    created_by_self: bool | None = Field(
        None, description="Whether our software posted it; null is unknown."
    )
    posting_source: str | None = Field(None, description="The board's own code.")
    postings: tuple[PostingWindow, ...] = ()
