"""Everything that can go wrong with an application, each time a marked one."""

import socket
from collections.abc import Callable
from itertools import islice, product

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from letterbox.domain import keys
from tests.end_to_end.processes.canaries import Marks
from tests.end_to_end.processes.installation import Installation
from tests.end_to_end.processes.kinds import KINDS
from tests.end_to_end.processes.odd import (
    FORM_TYPE,
    UNREADABLE,
    corruptions,
    form,
    odd_bodies,
    odd_files,
    odd_parts,
    part,
)
from tests.end_to_end.processes.posted import PostedApplication, PostedBody, fetched
from tests.inbox_objects import (
    said_otherwise,
    with_other_documents,
    without_documents,
)
from tests.support import eventually, http

_FORM = {"Content-Type": FORM_TYPE}


class Ordeal:
    """Posts to one installation, and keeps every answer as it came."""

    def __init__(self, at: Installation, client: Client) -> None:
        self.at = at
        self.marks = Marks()
        self._client = client
        self.answers: list[bytes] = []
        self.accepted: list[PostedApplication] = []
        self.failing: list[PostedApplication] = []
        """Accepted, and then damaged in the store so that no step succeeds."""
        self.spoilt: list[PostedApplication] = []
        """Accepted, and then a document of it was lost or changed."""
        self._twice: list[PostedApplication] = []

    def go_well(self) -> None:
        """Accept one, its repeat, and another content under its uuid."""
        for kind in KINDS:
            one = self._accept(self.marks.submission(kind=kind))
            self._send(one)
            self._twice.append(one)
        for one in self._twice:
            # What an event announces is fetched as it is by then.
            fetched(self.at, one)
            self._accept(self.marks.submission(one.uuid, type(one)))

    def be_refused(self) -> None:
        """Refuse for each reason of the table; a board may have no word for some."""
        for kind in KINDS:
            for change in (
                {"source_signature": "0" * 32},
                {"uuid": ""},
                {"job_id": self.marks.text("job")},
                {"job_id": "20240107-123456-closed"},
                {"cover_letter": self.marks.text("letter") * 100_000},
            ):
                one = self.marks.submission(kind=kind, **change)
                if self._send(one).is_success and one.fields()["uuid"]:
                    self.accepted.append(one)
        self._send(self.marks.submission(), f"?email={self.marks.text('query')}")
        path = httpx.URL(self.at.api.url).join(f"/apply/{self.marks.text('path')}")
        self._keep(http().post(path, data=self.marks.submission().fields()))

    def be_malformed(self) -> None:
        """Send what is no form, what is half of one, and what is oddly encoded."""
        text = self.marks.text
        for body in odd_bodies(self.marks):
            one = self.marks.submission(kind=PostedBody)
            assert isinstance(one, PostedBody)
            self._keep(one.post_body(self.at.api.apply_url, body))
        for kind in ("application/json", text("kind/x"), f"{FORM_TYPE}; x="):
            headers = {"Content-Type": kind, "User-Agent": text("agent")}
            self._post(text("a body").encode(), headers)
        self._post(form(part('name="x"', text("cut off").encode()))[:-9], _FORM)
        for odd in odd_parts(self.marks):
            self._post(form(odd), _FORM)
        self._hang_up(form(part('name="email"', text("hung up").encode())))

    def be_odd(self) -> None:
        """Have accepted what is oddly encoded and signed all the same."""
        submission = self.marks.submission()
        parts = [
            part(f'name="{name}"', f"{value}é".encode(charset))
            for name, value in submission.fields().items()
            if name not in {"uuid", "source_signature", "job_id"}
            for charset in ("utf-8", "latin-1", "utf-16")
        ]
        plain = [
            part(f'name="{name}"', submission.fields()[name].encode())
            for name in ("uuid", "source_signature", "job_id")
        ]
        self._post(form(*plain, *parts, *odd_files(self.marks)), _FORM)

    async def lose_the_store(self) -> None:
        """Take the store from the API, and from the worker in the middle of work."""
        self.at.worker.pause()
        waiting = [self._accept(self.marks.submission(kind=kind)) for kind in KINDS]
        with self.at.without_store():
            self.at.worker.resume()
            for kind in KINDS:
                self._send(self.marks.submission(kind=kind))
            for one in waiting:
                await self._told_of_failure(one)
        for one in waiting:
            self.at.recorded(one.id)
        for one in self._twice:
            assert len(fetched(self.at, one).views) >= 2

    async def be_damaged(self) -> None:
        """Spoil documents and inbox records before a worker comes to them."""
        self.at.worker.pause()
        spoilt = self.marks.document("overwritten").encode()
        spoils: list[Callable[[bytes], bytes]] = [
            without_documents,
            lambda body: with_other_documents(body, spoilt),
        ]
        bringing = [kind for kind in KINDS if kind.brings_documents]
        for kind, spoil in product(bringing, spoils):
            one = self._accept(self.marks.submission(kind=kind))
            [waiting] = self.at.store.list(keys.inbox(one.id))
            self.at.store.put(waiting.key, spoil(self.at.store.get(waiting.key)))
            self.spoilt.append(one)
        for kind in KINDS:
            # What a body says is read whatever it is.
            most = None if kind is PostedApplication else UNREADABLE
            for corrupt in islice(corruptions(self.marks), most):
                one = self._accept(self.marks.submission(kind=kind))
                [waiting] = self.at.store.list(keys.inbox(one.id))
                body = said_otherwise(self.at.store.get(waiting.key), corrupt)
                self.at.store.put(waiting.key, body)
                self.failing.append(one)
        self.at.worker.resume()
        for one in self.failing:
            await self._told_of_failure(one)

    async def _told_of_failure(self, one: PostedApplication) -> None:
        """Wait until a step has failed so often that Temporal was told why."""
        handle = self._client.get_workflow_handle(one.id)

        async def told() -> bool:
            try:
                history = await handle.fetch_history()
            except RPCError:
                return False  # Not started yet.
            return any(
                event.marker_recorded_event_attributes.HasField("failure")
                for event in history.events
            )

        await eventually(told, 60)

    def _accept(self, submission: PostedApplication) -> PostedApplication:
        assert self._send(submission).status_code == submission.accepted
        self.accepted.append(submission)
        return submission

    def _send(self, submission: PostedApplication, query: str = "") -> httpx.Response:
        return self._keep(submission.post(self.at.api.apply_url + query))

    def _post(self, body: bytes, headers: dict[str, str]) -> None:
        self._keep(http().post(self.at.api.apply_url, content=body, headers=headers))

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        self.answers.append(f"{answer.headers} {answer.text}".encode())
        return answer

    def _hang_up(self, body: bytes) -> None:
        """Promise more than is sent, and go away."""
        address = httpx.URL(self.at.api.url)
        head = (
            "POST /apply/careerjet HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: {FORM_TYPE}\r\nContent-Length: 100000\r\n\r\n"
        )
        with socket.create_connection((address.host, address.port or 80)) as sender:
            sender.sendall(head.encode() + body)
