"""
SEEK's ``events`` query: the events on its pages.

https://developer.seek.com/events/polling
"""

from dataclasses import dataclass

from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.boards.seek.events import Channel, Events, SeekEvent, is_fit, read_event
from letterbox.domain.errors import MalformedError

_PLAIN = (
    "createDateTime",
    "candidateApplicationProfileId",
    "candidateId",
    "positionProfileId",
    "hirerId",
)


@dataclass(frozen=True, slots=True)
class SeekEventPage:
    """
    A page of events.

    ``end_cursor`` is None on an empty page: then the cursor before it stays good.
    Events without usable ids are counted: refusing the page for their sake would stop
    the polling for good.
    """

    events: Events
    end_cursor: str | None
    has_next: bool


def read_page(connection: JsonValue, subscription_id: str | None) -> SeekEventPage:
    """
    Read the object under ``events`` of an answer.

    Raises MalformedError where it does not show whether a page follows.
    """
    page = Node(connection)
    has_next = page.flag("pageInfo", "hasNextPage")
    cursor = page.text("pageInfo", "endCursor")
    if has_next is None or (has_next and cursor is None):
        raise MalformedError("a page of events has no cursor to continue from")
    nodes = [edge.node("node") for edge in page.nodes("edges")]
    events = [event for event in map(_event, nodes) if event is not None]
    return SeekEventPage(
        events=Events(
            channel=Channel.POLLING,
            subscription_id=subscription_id,
            events=events,
            unreadable=len(nodes) - len(events),
        ),
        end_cursor=cursor,
        has_next=has_next,
    )


def only_of(hirer: str, connection: JsonValue) -> JsonValue:
    """Leave out of a page the applications that are of other hirers, or unreadable."""
    page = Node(connection)
    kept = [edge.value for edge in page.nodes("edges") if hirer in _hirers(edge)]
    return {"edges": kept, "pageInfo": page.node("pageInfo").value}


def of_nobody(connection: JsonValue) -> int:
    """Count the applications on a page of which it does not show whose they are."""
    return sum(not any(_hirers(edge)) for edge in Node(connection).nodes("edges"))


def _hirers(edge: Node) -> set[str | None]:
    profile = edge.node("node", "candidateApplicationProfile")
    organizations = profile.nodes("associatedPositionProfile", "positionOrganizations")
    return {organization.identifier("id") for organization in organizations}


def _event(node: Node) -> SeekEvent | None:
    """Put a node into the webhook's shape, where ids are plain texts."""
    payload: dict[str, JsonValue] = {
        "id": node.identifier("id"),
        "type": node.text("typeCode"),
    }
    texts = ((key, node.text(key)) for key in _PLAIN)
    payload |= {key: text for key, text in texts if text and is_fit(text)}
    try:
        return read_event(payload)
    except MalformedError:
        return None
