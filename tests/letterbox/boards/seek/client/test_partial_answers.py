"""What SEEK answers in part, or refuses: nobody is passed over for it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from temporalio.testing import ActivityEnvironment

from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.client.token import PartnerToken
from letterbox.boards.seek.client.attachments import SeekAttachments
from letterbox.boards.seek.client.fetch import SeekFetcher
from letterbox.boards.seek.settings import SeekSettings
from letterbox.catalogue.lessons import StoredLessons
from letterbox.domain.errors import BoardUnavailableError
from letterbox.domain.matching import References
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import ReferenceKind
from letterbox.resources import open_store
from letterbox.settings import Settings
from tests.letterbox.boards.seek.client.server import FakeSeek, saying

_BROKEN = {"message": "?", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
_WHOLE: dict[str, dict[str, Any]] = {
    "node": {
        "id": {"value": "event-1"},
        "typeCode": "CandidateApplicationCreated",
        "createDateTime": "2026-03-01T12:00:00Z",
        "candidateApplicationProfileId": "profile-1",
    }
}


@pytest.fixture(name="fetcher")
def _fetcher(
    seek: FakeSeek, http: httpx.AsyncClient, token: PartnerToken
) -> SeekFetcher:
    url = seek.graphql_url
    return SeekFetcher(
        PartnerGraph(http, token, url=url),
        SeekAttachments(http, token, graphql_url=url, max_bytes=1000),
        SeekSettings(seek_client_id="client", seek_client_secret=SecretStr("-")),
    )


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> ObjectStore:
    store = open_store(Settings(store=f"file:{tmp_path / 'store'}"))
    store.prepare()
    return store


def page(*edges: object, cursor: str = "next") -> dict[str, Any]:
    """Return a page of events."""
    info = {"hasNextPage": False, "endCursor": cursor}
    return {"events": {"edges": list(edges), "pageInfo": info}}


async def polled(fetcher: SeekFetcher, cursor: str | None, attempt: int = 1) -> Any:
    """Poll as a step does, at the given attempt."""
    return await at(attempt).run(fetcher.poll, cursor)


async def missed(fetcher: SeekFetcher, attempt: int = 1) -> Any:
    """Read a page of what was missed of a hirer, at the given attempt."""
    since = datetime(2026, 3, 1, tzinfo=UTC)
    return await at(attempt).run(fetcher.missed, "hirer-1", since, None)


def at(attempt: int) -> ActivityEnvironment:
    """Return what a step runs in, at the given attempt."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    return environment


async def test_an_event_that_seek_cannot_show_now_is_not_passed_over(
    seek: FakeSeek, fetcher: SeekFetcher
) -> None:
    """Behind the cursor nobody asks for it; one that never comes stops nothing."""
    said = {"data": page(_WHOLE, {"node": None}), "errors": [_BROKEN]}
    seek.answer = saying(JSONResponse(said))

    with pytest.raises(BoardUnavailableError, match="INTERNAL_SERVER_ERROR"):
        await polled(fetcher, "before")
    in_the_end = await polled(fetcher, "before", attempt=12)

    assert len(in_the_end.notices.submissions) == 1
    assert in_the_end.notices.unreadable == 1
    assert in_the_end.end_cursor == "next"


async def test_an_application_of_nobody_stops_no_backfill_for_ever(
    seek: FakeSeek, fetcher: SeekFetcher
) -> None:
    """Whose it is SEEK cannot tell: those behind it are taken in, and it is counted."""
    theirs = {"positionOrganizations": [{"id": {"value": "hirer-1"}}]}
    profile = {"associatedPositionProfile": theirs}
    node = _WHOLE["node"] | {"candidateApplicationProfile": profile}
    unknown = _WHOLE["node"] | {"candidateApplicationProfile": None}
    said = {"data": page({"node": node}, {"node": unknown}), "errors": [_BROKEN]}
    seek.answer = saying(JSONResponse(said))

    with pytest.raises(BoardUnavailableError, match="INTERNAL_SERVER_ERROR"):
        await missed(fetcher)
    in_the_end = await missed(fetcher, attempt=12)
    forbidden = {"message": "?", "extensions": {"code": "FORBIDDEN"}}
    seek.answer = saying(JSONResponse(said | {"errors": [forbidden]}))
    of_another = await missed(fetcher)

    for found, unreadable in ((in_the_end, 1), (of_another, 0)):
        assert len(found.notices.submissions) == 1
        assert found.notices.unreadable == unreadable
        assert found.end_cursor == "next"


async def test_a_page_that_is_forbidden_is_no_cursor_that_was_forgotten(
    seek: FakeSeek, fetcher: SeekFetcher
) -> None:
    """To begin with the earliest page again would lead to the same one, for ever."""
    forbidden = {"message": "?", "extensions": {"code": "FORBIDDEN"}}
    seek.answer = saying(JSONResponse({"data": None, "errors": [forbidden]}))

    with pytest.raises(BoardUnavailableError, match="refuses the events"):
        await polled(fetcher, "page 2")

    assert len(seek.asked) == 1


async def test_a_cursor_that_was_forgotten_leads_to_the_earliest_page(
    seek: FakeSeek, fetcher: SeekFetcher
) -> None:
    """Whoever polls learns of it, and allows it once."""

    async def answer(request: Request) -> Response:
        asked = await request.json()
        if "after" in asked["variables"]:
            odd = {"message": "?", "extensions": {"code": "BAD_USER_INPUT"}}
            return JSONResponse({"data": None, "errors": [odd]})
        return JSONResponse({"data": page(_WHOLE)})

    seek.answer = answer

    anew = await polled(fetcher, "of last year")
    first = await polled(fetcher, None)

    assert anew.is_anew
    assert len(anew.notices.submissions) == 1
    assert not first.is_anew


async def test_what_a_hirer_allows_is_asked_again_where_seek_cannot_tell(
    seek: FakeSeek, fetcher: SeekFetcher
) -> None:
    """A null because of an outage is no refusal: its news would be forgotten."""
    hirer = {"id": {"value": "hirer-1"}, "seekApiCapabilities": None}
    said = {"data": {"hiringOrganization": hirer}, "errors": [_BROKEN]}
    seek.answer = saying(JSONResponse(said))

    with pytest.raises(BoardUnavailableError, match="INTERNAL_SERVER_ERROR"):
        await fetcher.may_export("hirer-1")


async def test_an_ad_with_half_an_emoji_can_be_learned_from(
    seek: FakeSeek, fetcher: SeekFetcher, store: ObjectStore
) -> None:
    """What no store can hold would be asked for again for ever."""
    ad = {
        "profileId": {"value": "ad-1"},
        "seekHirerJobReference": "NIGHT \ud83d",
        "positionOrganizations": [{"id": {"value": "hirer \udc00"}}],
    }
    # As ASCII: half an emoji has no UTF-8.
    said = json.dumps({"data": {"positionProfile": ad}})
    seek.answer = saying(Response(said, media_type="application/json"))
    lessons = StoredLessons(store)

    references = await fetcher.posting("ad-1")

    assert references
    assert lessons.learn(references)
    learned = lessons.find(ReferenceKind.PROFILE, "ad-1")
    assert learned
    assert learned.reference == "NIGHT \ufffd"


def test_a_reference_too_long_to_be_a_position_s_is_not_kept(
    store: ObjectStore,
) -> None:
    """It would be read again with every application for the ad."""
    endless = References(profile="ad-1", job_reference="A" * 1001)

    assert not StoredLessons(store).learn(endless)
    assert not list(store.list("positions/"))
