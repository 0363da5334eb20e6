"""
The ad that was applied to, and what it says about the position.

https://developer.seek.com/schema/named-type/PostedPositionProfile
"""

from letterbox.boards.node import Node
from letterbox.domain.advertisement import (
    Organization,
    PositionProfile,
    PostingWindow,
)
from letterbox.domain.matching import References


def read_position(profile: Node) -> PositionProfile | None:
    """Read the associated position profile; None where SEEK names none."""
    position = profile.node("associatedPositionProfile")
    if not position:
        return None
    return PositionProfile(
        profile_id=position.identifier("profileId"),
        type=position.text("seekTypeCode"),
        title=position.text("positionTitle"),
        uri=position.text("positionUri"),
        organizations=tuple(
            Organization(id=hirer.identifier("id"), name=hirer.text("name"))
            for hirer in position.nodes("positionOrganizations")
        ),
        opening_id=position.identifier("positionOpening", "documentId"),
        opening_status=position.text("positionOpening", "statusCode"),
        opening_partner_metadata=position.text(
            "positionOpening", "seekPartnerMetadata"
        ),
        hirer_job_reference=position.text("seekHirerJobReference"),
        billing_reference=position.text("seekBillingReference"),
        partner_metadata=position.text("seekPartnerMetadata"),
        created_by_self=position.flag("seekCreatedBySelfIndicator"),
        posting_source=position.text("seekPostingSourceCode"),
        postings=tuple(
            PostingWindow(start=posting.moment("start"), end=posting.moment("end"))
            for posting in position.nodes("postingInstructions")
        ),
    )


def references(position: PositionProfile | None, event_hirer: str | None) -> References:
    """
    Collect what the position can be found by; ``event_hirer`` is the event's.

    The hirer is whoever the ad names: the event may come without one.
    """
    if position is None:
        return References(hirer=event_hirer)
    named = [hirer.id for hirer in position.organizations if hirer.id]
    return References(
        hirer=event_hirer if event_hirer in named or not named else named[0],
        profile=position.profile_id,
        openings=(position.opening_id,) if position.opening_id else (),
        job_reference=position.hirer_job_reference,
        posted_by_us=position.created_by_self,
    )
