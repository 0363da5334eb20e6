"""What the ATS is posted, for the OpenAPI document; docs/events.md tells the rest."""

from typing import Annotated

from fastapi import APIRouter, Header, status

from letterbox.domain.events import Event

router = APIRouter(tags=["applications"])


@router.post("event", operation_id="event", status_code=status.HTTP_204_NO_CONTENT)
async def event(
    event: Event,
    webhook_id: Annotated[str, Header(description="The same over all retries.")],
    webhook_timestamp: Annotated[str, Header(description="Seconds since 1970.")],
    webhook_signature: Annotated[str, Header(description="`v1,` and base64, each.")],
) -> None:
    """Take what happened to an application: any 2xx, and 410 to get no more."""
