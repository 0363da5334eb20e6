"""The events query pages as SEEK's does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seek_sandbox.control import SandboxControl
from seek_sandbox.orders import APPLICATION_CREATED, ApplicationOrder, EventOrder
from seek_sandbox.paging import Page, Paging, page_of
from tests.seek_sandbox.partner import EVENTS, Partner, code

ATTEMPTS = """
query ($id: String!) { event(id: $id) { webhookAttempts { edges { cursor } } } }
"""


async def _all(partner: Partner, **filters: Any) -> list[str]:
    """Page through the events as a poller would; give their ids."""
    ids: list[str] = []
    variables: dict[str, Any] = {"first": 100, "filter": filters}
    while True:
        page = await partner.page(**variables)
        ids += [edge["node"]["id"]["value"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return ids
        variables["after"] = page["pageInfo"]["endCursor"]


async def test_250_sandbox_events_can_be_paged_through(
    partner: Partner, control: SandboxControl
) -> None:
    """Three pages, in stream order, nothing twice; then only what is new."""
    emitted = await control.apply(ApplicationOrder(count=250))

    first = await partner.page(first=100)
    ids = await _all(partner)
    end = (await partner.page(first=100, after=first["pageInfo"]["endCursor"]))[
        "pageInfo"
    ]["endCursor"]
    rest = await partner.page(first=100, after=end)
    [new] = await control.apply()
    polled = await partner.page(after=rest["pageInfo"]["endCursor"])

    assert len(first["edges"]) == 100
    times = [edge["streamDateTime"] for edge in first["edges"]]
    assert times == sorted(times)
    assert ids == [event.event_id for event in emitted]
    assert (len(rest["edges"]), rest["pageInfo"]["hasNextPage"]) == (50, False)
    assert [edge["node"]["id"]["value"] for edge in polled["edges"]] == [new.event_id]


async def test_an_empty_page_has_no_cursor(partner: Partner) -> None:
    """A poller has to keep its old one."""
    page = await partner.page()

    assert page == {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def test_ten_thousand_are_made_without_being_invented(
    partner: Partner, control: SandboxControl
) -> None:
    """People are invented when read, so a backlog costs little."""
    order = ApplicationOrder(count=10_000, deliver=False)
    emitted = await control.apply(order)
    profile = await partner.profile(emitted[9_876].application_profile_id)

    assert len({event.event_id for event in emitted}) == 10_000
    assert profile["candidate"]["person"]["name"]["formattedName"]


@pytest.mark.parametrize(
    "variables",
    [
        {"first": 101},
        {"first": 0},
        {"after": "nonsense"},
        {"after": ""},
        {"after": "c3RyZWFtOng="},
        {"scheme": "seekAnzPublicTest"},
        {"filter": {"hirerId": "there is no such filter"}},
    ],
    ids=json.dumps,
)
async def test_wrong_page_arguments_are_bad_input(
    partner: Partner, variables: dict[str, Any]
) -> None:
    """What SEEK does not take is not taken here either."""
    answer = await partner.ask(EVENTS, **({"scheme": "seekAnz"} | variables))

    assert code(answer) == "BAD_USER_INPUT"


async def test_filters_choose(partner: Partner, control: SandboxControl) -> None:
    """By type, by subscription, by stream time; never by hirer."""
    [application] = await control.apply()
    closed = await control.emit(EventOrder(type="PositionProfileClosed"))
    everything = await partner.page()
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    assert (application.delivery, closed.delivery) == ("off", "off")
    assert len(everything["edges"]) == 2
    assert await _all(partner, eventTypeCodes=[APPLICATION_CREATED]) == [
        application.event_id
    ]
    assert await _all(partner, eventTypeCodes=[]) == []
    assert await _all(partner, subscriptionId="unknown") == []
    assert await _all(partner, deliveredIndicator=True) == []
    assert len(await _all(partner, deliveredIndicator=False)) == 2
    assert await _all(partner, afterDateTime=later) == []
    assert len(await _all(partner, beforeDateTime=later)) == 2


async def test_an_event_of_an_unknown_type_is_in_the_stream(
    partner: Partner, control: SandboxControl
) -> None:
    """As when SEEK adds one: its code is told, its fields are not known."""
    order = EventOrder(type="SomethingNew", details={"novelty": "yes"})
    event = await control.emit(order)

    page = await partner.page()
    told = await partner.ask(ATTEMPTS, id=event.event_id)

    assert page["edges"][0]["node"]["typeCode"] == "SomethingNew"
    assert told["data"]["event"]["webhookAttempts"] == {"edges": []}


async def test_an_event_shows_its_application(
    partner: Partner, control: SandboxControl
) -> None:
    """A poller can select the application right from the event."""
    [event] = await control.apply()
    query = """
      query ($id: String!) { event(id: $id) {
        ... on CandidateApplicationCreatedEvent {
          candidateApplicationProfile { profileId { value } }
          candidate { documentId { value } }
        }
      } }
    """

    shown = (await partner.ask(query, id=event.event_id))["data"]["event"]

    profile = shown["candidateApplicationProfile"]["profileId"]["value"]
    assert profile == event.application_profile_id
    assert shown["candidate"]["documentId"]["value"] == event.candidate_id


@given(
    items=st.lists(st.integers(0, 3), max_size=30),
    size=st.integers(1, 7),
    backwards=st.booleans(),
)
def test_pages_forwards_and_backwards_are_the_whole_list(
    items: list[int], size: int, *, backwards: bool
) -> None:
    """Page after page gives every wanted item once, in order."""
    pages: list[Page[int]] = []
    cursor: str | None = None
    more = True
    while more:
        paging = (
            Paging(last=size, before=cursor)
            if backwards
            else Paging(first=size, after=cursor)
        )
        page = page_of(items, paging)
        pages.insert(0, page) if backwards else pages.append(page)
        more = page.has_previous if backwards else page.has_next
        cursor = page.items[0 if backwards else -1][0] if page.items else None

    found = [item for page in pages for _, item in page.items]
    assert found == [item for item in items if item]
    assert all(
        len(page.items) == size for page in (pages[1:] if backwards else pages[:-1])
    )
