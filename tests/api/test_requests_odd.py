"""Requests as odd clients and strangers send them, over real sockets."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from letterbox.boards.careerjet import sign
from letterbox.domain import keys
from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.curl import NEEDS_CURL, submit
from tests.end_to_end.processes.installation import SECRET, Installation, installation
from tests.end_to_end.processes.posted import CV, PostedApplication

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers"), NEEDS_CURL]

JAVA = Path(__file__).with_name("clients") / "Apply.java"
ACCEPTED = (200, "application accepted")
FIELD = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'


@pytest.fixture(name="bare", scope="module")
def _bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run an API and nothing else."""
    with installation(
        tmp_path_factory.mktemp("odd"), LETTERBOX_OPERATOR_TOKEN="token"
    ) as made:
        import_sample_positions(made.store)
        made.api.start()
        yield made


def metrics(at: Installation) -> dict[str, float]:
    """Read every sample, under its name and its labels in order."""
    return {
        ",".join([sample.name, *map(str, sorted(sample.labels.values()))]): sample.value
        for family in text_string_to_metric_families(at.api.get("/metrics").text)
        for sample in family.samples
    }


def exchange(at: Installation, sent: bytes, within: float = 10) -> bytes:
    """Send bytes by hand; give all that is answered until the other side closes."""
    host, port = at.api.url.removeprefix("http://").split(":")
    answered = b""
    with socket.create_connection((host, int(port)), within) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while chunk := connection.recv(65536):
            answered += chunk
    return answered


def request(headers: str, body: str) -> bytes:
    """Spell a post to Careerjet's address."""
    return (
        f"POST /apply/careerjet HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\n{headers}\r\n{body}"
    ).encode()


def signed_form(uuid: str) -> str:
    """Spell a form by hand."""
    fields = {"uuid": uuid, "source_signature": sign(uuid, SECRET)}
    return "".join(FIELD.format(*one) for one in fields.items()) + "--b--\r\n"


@pytest.mark.parametrize("path", ["/apply/careerjet/", "/apply/careerjet//"])
def test_a_slash_at_the_end_makes_no_difference(path: str, bare: Installation) -> None:
    """The same handler answers, without a redirection."""
    assert submit(PostedApplication(), bare.api.url + path).said == ACCEPTED


@pytest.mark.parametrize(
    "target",
    [
        "//apply/careerjet",
        "/apply//careerjet",
        "///apply///careerjet//",
        "http://elsewhere.example/apply/careerjet",
        "https://elsewhere.example:8443//apply/careerjet/",
        "HTTP://elsewhere.example/apply/careerjet?a=//b",
    ],
)
def test_a_target_is_read_as_it_is_meant(target: str, bare: Installation) -> None:
    """Slashes in a row, and the whole address, which RFC 9112 has servers accept."""
    body = signed_form(f"target {target}")
    sent = request(f"Content-Length: {len(body)}\r\n", body).replace(
        b"/apply/careerjet", target.encode(), 1
    )

    assert exchange(bare, sent).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", ["/healthz/", "/metrics/", "/docs/", "/openapi.json/"])
def test_every_address_may_end_so(path: str, bare: Installation) -> None:
    """Those for people and programs too."""
    assert bare.api.get(path).status_code == 200


def test_an_offer_of_http_2_is_passed_over(bare: Installation) -> None:
    """Curl --http2 and Java's client ask so; the form is taken as it is."""
    assert submit(PostedApplication(), bare.api.apply_url, "--http2").said == ACCEPTED
    headers = (
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {}\r\nHTTP2-Settings: A\r\n"
    )
    for kind in ("h2c", "websocket", "TLS/1.0, HTTP/2.0"):
        body = signed_form(f"upgrade {kind}")
        sent = request(f"{headers.format(kind)}Content-Length: {len(body)}\r\n", body)
        assert exchange(bare, sent).startswith(b"HTTP/1.1 200 "), kind


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_nodes_client_is_understood(bare: Installation) -> None:
    """By its own fetch and its own spelling of a form."""
    script = """
        const [url, uuid, signature] = process.argv.slice(1);
        const form = new FormData();
        form.set("uuid", uuid);
        form.set("source_signature", signature);
        form.set("cv", new Blob(["%PDF-1.4 node"]), "cv.pdf");
        const answer = await fetch(url, {method: "POST", body: form});
        console.log(answer.status);
    """
    ran = subprocess.run(
        [
            *("node", "--input-type=module", "-e", script),
            *(bare.api.apply_url, "node", sign("node", SECRET)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == "200"


@pytest.mark.skipif(not shutil.which("javac"), reason="no JDK is installed")
def test_javas_client_is_understood(bare: Installation) -> None:
    """It offers HTTP/2 with its first request, and sends the body all the same."""
    ran = subprocess.run(
        [
            *("java", "-Xshare:auto", str(JAVA), bare.api.apply_url),
            *("java", sign("java", SECRET)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == ["HTTP_1_1", "200"] * 3


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Transfer-Encoding: chunked\r\n", "zz\r\ngarbage", b"400"),
        ("Transfer-Encoding: chunked\r\n", "5\r\n--b\r\n\r\n0\r\n\r\n", b"418"),
        ("Transfer-Encoding: chunked\r\n", "f" * 30 + "\r\nx", b"400"),
        ("Content-Length: -1\r\n", "x", b"400"),
        ("Content-Length: 1e3\r\n", "x", b"400"),
        ("Content-Length: 0\r\n", "", b"418"),
        ("", "", b"418"),
    ],
)
def test_a_body_that_is_none_is_refused_clearly(
    headers: str, body: str, status: bytes, bare: Installation
) -> None:
    """By HTTP's own words, or in the board's."""
    answered = exchange(bare, request(headers, body))

    assert answered.startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("length", [10**6, 10**18])
def test_a_sender_who_leaves_in_the_middle_leaves_nothing(
    length: int, bare: Installation
) -> None:
    """However much was announced: the next one is served, and nothing is our fault."""
    before = metrics(bare)

    exchange(bare, request(f"Content-Length: {length}\r\n", "--b\r\n"))

    assert submit(PostedApplication(), bare.api.apply_url).said == ACCEPTED
    after = metrics(bare)
    unexpected = "letterbox_answers_total,careerjet,unexpected"
    assert after.get(unexpected, 0) == before.get(unexpected, 0)
    assert "unexpected error" not in [line.get("event") for line in bare.api.events()]


@pytest.mark.parametrize("path", ["/apply/careerjet", "/apply/no", "/webhooks/seek"])
def test_headers_without_end_are_cut_off(path: str, bare: Installation) -> None:
    """No connection costs more memory than its request may have."""
    host, port = bare.api.url.removeprefix("http://").split(":")
    sent = 0
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode())
        try:
            for _ in range(4096):
                connection.sendall(b"X-Y: " + b"a" * 16_000 + b"\r\n")
                sent += 16_000
        except OSError:
            pass

    assert sent < 32 * 1024 * 1024
    assert bare.api.get("/healthz").status_code == 200


def test_a_malformed_form_is_counted_as_malformed(bare: Installation) -> None:
    """What a stranger can send is counted as malformed, never as our own fault."""
    before = metrics(bare)
    for sent in (
        request("Content-Length: 7\r\n", "garbage"),
        request("Content-Length: 0\r\n", ""),
        request("Content-Length: 9\r\n", "--b\r\n\r\nx\r"),
    ):
        assert exchange(bare, sent).startswith(b"HTTP/1.1 418 ")

    after = metrics(bare)
    counted = {name: after[name] - before.get(name, 0) for name in after}
    assert counted["letterbox_answers_total,careerjet,malformed"] == 3
    assert counted.get("letterbox_answers_total,careerjet,unexpected", 0) == 0


@pytest.mark.parametrize(
    ("method", "board", "status"),
    [("POST", "careerjet", 418), ("POST", "nobody", 404), ("PUT", "careerjet", 405)],
)
def test_a_refusal_is_logged_with_its_address(
    method: str, board: str, status: int, bare: Installation
) -> None:
    """By the route's form, since what is sent as a path may be anything."""
    id_ = f"refused-{method}-{board}"
    sent = request(f"Content-Length: 7\r\nX-Request-Id: {id_}\r\n", "garbage")
    sent = sent.replace(b"POST", method.encode(), 1).replace(
        b"/apply/careerjet", f"/apply/{board}".encode(), 1
    )

    assert exchange(bare, sent).startswith(f"HTTP/1.1 {status} ".encode())

    [line] = [
        one
        for one in bare.api.events()
        if one.get("request_id") == id_ and one["event"] == "refused"
    ]
    assert (line["method"], line["path"]) == (method, "/apply/{board}")


def test_the_shape_of_a_refused_form_is_told(bare: Installation) -> None:
    """So that a board's new format is noticed; by names and sizes, never by values."""
    changes = {"source_signature": None, "applicant_mail": "told.to.nobody@example.com"}

    answer = submit(PostedApplication(changes=changes), bare.api.apply_url)

    assert answer.code == 403
    [*_, line] = [one for one in bare.api.events() if one["event"] == "form refused"]
    assert {"name": "applicant_mail", "type": "", "is_file": False, "size": 26} in line[
        "parts"
    ]
    assert "told.to.nobody" not in bare.api.said()
    assert metrics(bare)["letterbox_refused_forms_total,careerjet,unfamiliar"] >= 1


def test_one_signature_cannot_flood(bare: Installation) -> None:
    """Ten that differ are accepted and kept, others refused and told to operators."""
    first = PostedApplication()
    before = metrics(bare)

    said = [
        submit(
            PostedApplication(uuid=first.uuid, cv=CV + b"%d" % n), bare.api.apply_url
        ).said
        for n in range(14)
    ]

    after = metrics(bare)
    crowded = "letterbox_answers_total,careerjet,crowded-id"
    assert said == [ACCEPTED] * 10 + [(418, "unexpected error")] * 4
    assert len(list(bare.store.list(keys.inbox(first.id)))) == 10
    # An alarm sees an increase only from a count that was there before.
    assert after[crowded] - before[crowded] == 4
    lines = [one for one in bare.api.events() if one["event"] == "an id is crowded"]
    assert [one["application"] for one in lines] == [first.id] * 4


def test_an_identical_repeat_is_neither_written_nor_started(bare: Installation) -> None:
    """It is answered as before, and costs the store no write."""
    submission = PostedApplication()
    assert submit(submission, bare.api.apply_url).said == ACCEPTED
    before = bare.kept()

    assert submit(submission, bare.api.apply_url).said == ACCEPTED

    assert bare.kept() == before
    [*_, line] = [one for one in bare.api.events() if one["event"] == "repeated"]
    assert line["repeat"] == "kept"


def test_refused_references_and_operators_are_counted(bare: Installation) -> None:
    """By board, and by method and status."""
    submit(PostedApplication(job_id="never heard of"), bare.api.apply_url)
    bare.api.get("/applications")
    bare.api.get("/positions/DEV-17")

    counted = metrics(bare)
    assert counted["letterbox_refused_references_total,careerjet"] >= 1
    assert counted["letterbox_operator_requests_total,401,GET"] == 2


def test_the_page_of_addresses_loads_nothing_from_elsewhere(
    bare: Installation,
) -> None:
    """Nothing runs on it, and nobody types a token there."""
    page = bare.api.get("/docs")

    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "/apply/careerjet" in page.text
    assert "http" not in page.text
    assert "<script" not in page.text
    assert "<strong>boards</strong>" in page.text
    assert "<code>accepted</code>" in page.text
    assert "**" not in page.text
    assert "`" not in page.text
    assert bare.api.get("/redoc").status_code == 404
