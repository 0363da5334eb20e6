"""Who comes in, for how long, and what is refused."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.app import create_app
from api.desk import identity_provider, routes, sign_in, static_files
from api.desk.route import COOKIE
from letterbox.settings import Settings
from tests.api.desk.signed_in import Desk, page_of
from tests.api.operator.operator_server import OperatorServer
from tests.api.operator.serving import TOKEN

pytestmark = pytest.mark.xdist_group("desk")


async def test_a_token_opens_a_session_that_no_script_can_read(
    stranger: httpx.AsyncClient,
) -> None:
    """The cookie is for the desk alone, and no other site's page sends it."""
    answer = await stranger.post("/desk/sign-in", data={"token": TOKEN})

    name, _, attributes = answer.headers["Set-Cookie"].partition("=")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert name == COOKIE
    assert set(attributes.split("; ")[1:]) == {
        *("HttpOnly", "Max-Age=28800", "Path=/desk", "SameSite=strict"),
    }
    assert (await stranger.get("/desk")).status_code == 200


async def test_behind_tls_the_cookie_is_for_tls_alone(server: OperatorServer) -> None:
    """The proxy says so, and is believed where the deployment names it."""
    headers = {"X-Forwarded-Proto": "https"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as browser:
        answer = await browser.post("/desk/sign-in", data={"token": TOKEN})

    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


async def test_behind_tls_no_cookie_of_a_host_beside_ours_counts(
    server: OperatorServer,
) -> None:
    """Such a host can set cookies for both, but for the names that begin so."""
    tls = {"X-Forwarded-Proto": "https"}
    async with httpx.AsyncClient(base_url=server.url, headers=tls) as browser:
        signed_in = await browser.post("/desk/sign-in", data={"token": TOKEN})
    name, _, rest = signed_in.headers["Set-Cookie"].partition("=")
    session, *attributes = rest.split("; ")
    own, theirs = f"__Host-{COOKIE}={session}", f"{COOKIE}={session}"

    async def opens(*cookies: str) -> bool:
        headers = tls | {"Cookie": "; ".join(cookies)}
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as browser:
            return (await browser.get("/desk/holds")).is_success

    assert name == f"__Host-{COOKIE}"
    assert {"Secure", "Path=/", "HttpOnly"} <= {*attributes}
    assert [await opens(own), await opens(theirs)] == [True, False]
    assert await opens(own, f"{COOKIE}=x")
    assert not await opens(f"__Host-{COOKIE}=x", theirs)


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], "ü"])
async def test_a_wrong_token_is_refused_and_the_page_says_so(
    token: str, stranger: httpx.AsyncClient
) -> None:
    """Nothing is opened, and the token is not repeated."""
    answer = await stranger.post("/desk/sign-in", data={"token": token})

    assert answer.status_code == 401
    assert "This token is not known." in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.com/",
        "//example.com/desk",
        "/desk//example.com",
        "/desk\\example.com",
        "/deskful",
        "javascript:alert(1)",
        "/desk/\r\nX: y",
    ],
)
async def test_nobody_is_led_elsewhere_by_signing_in(
    elsewhere: str, stranger: httpx.AsyncClient
) -> None:
    """An address that is not the desk's leads to its first page."""
    fields = {"token": TOKEN, "next": elsewhere}

    answer = await stranger.post("/desk/sign-in", data=fields)

    assert answer.headers["Location"] == "/desk"


async def test_whoever_is_not_signed_in_comes_back_to_where_they_wanted(
    stranger: httpx.AsyncClient,
) -> None:
    """An id with a slash survives the way through the sign-in."""
    wanted = f"{page_of('careerjet:a/b c')}?done=held"

    sent_away = await stranger.get(wanted)
    location = urlsplit(sent_away.headers["Location"])
    [goes_on] = parse_qs(location.query)["next"]
    answer = await stranger.post(
        "/desk/sign-in", data={"token": TOKEN, "next": goes_on}
    )

    assert (sent_away.status_code, location.path) == (303, "/desk/sign-in")
    assert answer.headers["Location"] == wanted


async def test_every_page_and_form_but_the_sign_in_wants_a_session(
    stranger: httpx.AsyncClient,
) -> None:
    """Those that somebody adds one day are asked too."""
    asked = [
        (method, route.path.format(application_id="a:b", name="0", number=1))
        for module in vars(routes).values()
        if isinstance(router := getattr(module, "router", None), APIRouter)
        and module not in {sign_in, identity_provider, static_files}
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    ]

    answers = [await stranger.request(method, path) for method, path in asked]

    assert len(asked) == 28
    assert {answer.status_code for answer in answers} == {303}
    assert all(
        answer.headers["Location"].startswith("/desk/sign-in?next=%2Fdesk")
        for answer in answers
    )


async def test_a_form_after_the_session_leads_to_its_page_and_changes_nothing(
    stranger: httpx.AsyncClient, server: OperatorServer
) -> None:
    """What was typed is not carried on: it is sent again by who has signed in."""
    application_id = await server.recorded()

    answer = await stranger.post(
        f"{page_of(application_id)}/hold", data={"reason": "case 4711"}
    )

    [goes_on] = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
    assert goes_on == page_of(application_id)
    assert server.records.holds.find(application_id) is None


async def test_a_link_on_another_site_opens_the_page_once_it_asks_for_itself(
    stranger: httpx.AsyncClient,
) -> None:
    """A browser keeps a strict cookie back from it, and sends it from our own page."""
    answer = await stranger.get(
        "/desk/positions", headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text


@pytest.mark.parametrize("csrf", ["", "forged", "Ü"])
async def test_a_form_without_its_token_is_refused(
    csrf: str, desk: Desk, server: OperatorServer
) -> None:
    """Another site can send a form; it cannot know the token of ours."""
    application_id = await server.recorded()

    answer = await desk.http.post(
        f"{page_of(application_id)}/hold", data={"reason": "case 4711", "csrf": csrf}
    )

    assert answer.status_code == 403
    assert "not made for your session" in answer.text
    assert server.records.holds.find(application_id) is None


async def test_a_form_of_another_site_is_refused_by_what_the_browser_says(
    desk: Desk, stranger: httpx.AsyncClient
) -> None:
    """So nobody is signed in as somebody else by a page that they did not open."""
    headers = {"Sec-Fetch-Site": "cross-site"}

    answers = [
        await stranger.post("/desk/sign-in", data={"token": TOKEN}, headers=headers),
        await desk.http.post("/desk/find", data={"q": "a:b"}, headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_a_form_that_is_too_large_is_refused(desk: Desk) -> None:
    """Forms of people are short."""
    answer = await desk.send("/desk/find", q="x" * 100_000)

    assert answer.status_code == 413


async def test_signing_out_ends_the_session_in_this_browser(
    server: OperatorServer, stranger: httpx.AsyncClient
) -> None:
    """The next page asks for a token."""
    await stranger.post("/desk/sign-in", data={"token": TOKEN})

    answer = await Desk(server, stranger).send("/desk/sign-out")

    assert answer.headers["Location"] == "/desk/sign-in"
    assert (await stranger.get("/desk")).status_code == 303


async def test_a_refresh_without_a_session_sends_the_whole_page_to_the_sign_in(
    stranger: httpx.AsyncClient,
) -> None:
    """A list that refreshes itself does not become a sign-in in the middle."""
    answer = await stranger.get("/desk/applications", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/desk/sign-in?next=")


async def test_there_is_no_desk_without_an_operator() -> None:
    """It is closed by default: not even the sign-in is there."""
    transport = httpx.ASGITransport(create_app(Settings(operator_token="")))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as anybody:
        answers = [
            await anybody.get(path)
            for path in ("/desk", "/desk/sign-in", "/desk/static/desk.css")
        ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
