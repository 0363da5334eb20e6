"""What the next board has to touch: its own module, and nothing else."""

import json
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

from letterbox.boards import discover
from letterbox.boards.base import Board, FormBoard, PostBoard
from letterbox.settings import Settings
from tests.letterbox.boards.posts import OTHERS, POSTERS
from tests.support import ROOT

ACME = """
from http import HTTPStatus

from pydantic import Field
from pydantic_settings import BaseSettings

from letterbox.boards.base import FieldSpec, Outcome
from letterbox.setting_types import Secrets


class AcmeSettings(BaseSettings):
    acme_secrets: Secrets = Field(())


class Acme:
    name = "acme"
    title = "ACME Jobs"
    settings = AcmeSettings
    secrets_variable = "LETTERBOX_ACME_SECRETS"
    makes_secrets = False
    fields = {"number": FieldSpec(description="Acme's own.", is_required=True)}
    responses = {outcome: (HTTPStatus.OK, "fine by Acme") for outcome in Outcome}
    sample_document = "resume"

    def secrets(self, settings):
        return settings.acme_secrets

    def read(self, submission):
        raise NotImplementedError

    def receive(self, form, secrets, now):
        raise NotImplementedError

    def sample(self, board_id, job_id, secret):
        return {"number": board_id}


BOARD = Acme()
"""
BRAVO = """
from http import HTTPStatus

from pydantic import Field
from pydantic_settings import BaseSettings

from letterbox.boards.base import Outcome, Post
from letterbox.boards.posting.replies import reply_by_status
from letterbox.boards.posting.verifiers import KeyVerifier
from letterbox.setting_types import Secrets


class BravoSettings(BaseSettings):
    bravo_secrets: Secrets = Field(())


class Bravo:
    name = "bravo"
    title = "Bravo"
    settings = BravoSettings
    secrets_variable = "LETTERBOX_BRAVO_SECRETS"
    makes_secrets = False
    media_type = "application/json"
    body_schema = {"type": "object", "required": ["number"]}
    statuses = {outcome: HTTPStatus.OK for outcome in Outcome}

    def secrets(self, settings):
        return settings.bravo_secrets

    def max_body_bytes(self, settings):
        return 1000

    def refuses(self, settings):
        return ()

    def verifier(self, head, secrets, settings):
        return KeyVerifier(head.headers.get("x-key"), secrets)

    def receive(self, head, body, now, settings):
        raise NotImplementedError

    def reply(self, outcome, application_id, detail):
        return reply_by_status(HTTPStatus.OK, outcome, application_id, detail)

    def read(self, submission):
        raise NotImplementedError

    def sample_post(self, board_id, job_id, secret, cv, settings):
        return Post({"X-Key": secret}, cv[1])


BOARD = Bravo()
"""
PROBE = """
import asyncio, json, sys
import letterbox.boards

letterbox.boards.__path__.append(sys.argv[1])
import typer.main
from api.app import create_app
from letterbox.settings import load_settings
from letterbox.settings.unread import unread_settings
from api.desk.pages import board_title
from letterbox_cli.doctor import configuration
from letterbox_cli.main import app

settings = load_settings()
paths = create_app(settings).openapi()["paths"]
[operation], [post] = (paths[f"/apply/{name}"].values() for name in ("acme", "bravo"))
findings = asyncio.run(configuration.boards(settings))
print(json.dumps({
    "title": board_title("acme"),
    "secrets": [secret.decode() for secret in settings.secrets_of("acme")],
    "operation": operation,
    "post": post,
    "findings": [finding.words for finding in findings if "acme" in finding.what
                 or "bravo" in finding.what],
    "unread": [str(unread) for unread in unread_settings()],
    "senders": list(typer.main.get_command(app).commands["send"].commands),
}))
"""
# Where a vendor's name is code, and why. SEEK's sandbox is started and played with by
# the command; a schedule and a workflow are named for SEEK in Temporal.
NAMES_VENDORS = {
    "letterbox/temporal/old_schedules.py",
    "letterbox/temporal/schedules.py",
    "letterbox_cli/json_schemas.py",
    "letterbox_cli/mail.py",
    "letterbox_cli/played.py",
    "letterbox_cli/sandbox.py",
    "letterbox_cli/seek.py",
    "letterbox_cli/seek_backfill.py",
    "letterbox_cli/send.py",
    "letterbox_cli/up/banner.py",
    "letterbox_cli/up/dev_secrets.py",
    "worker.py",
    "workflows/scheduled.py",
}


def test_a_board_needs_nothing_outside_of_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings, its address in OpenAPI, its sender and doctor come from it."""
    (tmp_path / "acme.py").write_text(ACME)
    (tmp_path / "bravo.py").write_text(BRAVO)
    monkeypatch.setenv("LETTERBOX_ACME_SECRETS", "old, new")

    answer = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )

    probed = json.loads(answer.stdout)
    operation = probed["operation"]
    [form] = operation["requestBody"]["content"].values()
    [content] = operation["responses"]["200"]["content"].values()
    assert probed["title"] == "ACME Jobs"
    assert probed["secrets"] == ["old", "new"]
    assert probed["findings"] == [
        "open with 2 secrets",
        "off: LETTERBOX_BRAVO_SECRETS is not set",
    ]
    assert probed["unread"] == []
    assert set(probed["senders"]) == {"acme", "bravo", *discover()}
    assert operation["operationId"] == "apply_acme"
    assert form["schema"]["required"] == list(form["schema"]["properties"])
    assert list(form["schema"]["properties"]) == ["number"]
    assert content["schema"]["properties"]["status"]["enum"] == ["fine by Acme"]
    [body] = probed["post"]["requestBody"]["content"].values()
    assert probed["post"]["operationId"] == "apply_bravo"
    assert body["schema"]["required"] == ["number"]
    assert "accepted" in probed["post"]["responses"]["200"]["description"]


def test_every_board_has_the_name_that_people_write() -> None:
    """Each its own, and spelled as the vendor spells it."""
    titles = {name: board.title for name, board in discover().items()}

    assert len(set(titles.values())) == len(titles)
    assert titles.items() >= {
        ("hellowork", "HelloWork"),
        ("linkedin", "LinkedIn"),
        ("seek", "SEEK"),
        ("ziprecruiter", "ZipRecruiter"),
        ("generic", "Own board"),
        ("mail", "E-mail"),
    }


@pytest.mark.parametrize("name", sorted(set(discover()) - {"seek"}))
def test_a_sample_is_of_another_person_each_time(name: str) -> None:
    """Or the second that somebody sends to look around is taken for a duplicate."""
    board = discover()[name]
    sent = [
        json.dumps(board.sample(one, "R-1", "secret"))
        if isinstance(board, FormBoard)
        else _sample_post(board, one)
        for one in ("first", "second")
    ]

    assert "ada.first@example.com" in sent[0]
    assert "ada.second@example.com" in sent[1]
    assert "ada@example.com" not in "".join(sent)


def _sample_post(board: Board, board_id: str) -> str:
    assert isinstance(board, PostBoard)
    cv = ("https://127.0.0.1/cv.pdf", b"%PDF")
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    settings = Settings()
    return board.sample_post(board_id, "R-1", secret, cv, settings).body.decode()


def test_every_board_that_posts_bodies_is_in_the_suite_or_says_why_not() -> None:
    """A new one is tested by a row, and not by whatever its author thinks of."""
    posting = {
        name for name, board in discover().items() if isinstance(board, PostBoard)
    }

    rows = {one.board.name for one in POSTERS}

    assert posting == rows | set(OTHERS)
    assert not rows & set(OTHERS)
    for name in OTHERS:
        assert list((ROOT / "tests/letterbox/boards" / name).glob("test_*.py"))


def test_no_other_code_names_a_vendor() -> None:
    """Comments and examples may; code that does is on the list."""
    naming = {
        file.relative_to(ROOT).as_posix()
        for folder in ("activities", "api", "letterbox", "letterbox_cli", "workflows")
        for file in (ROOT / folder).rglob("*.py")
        if ROOT / "letterbox/boards" not in file.parents and _names_a_vendor(file)
    }

    assert naming | {"worker.py"} == NAMES_VENDORS


def _names_a_vendor(file: Path) -> bool:
    with file.open("rb") as source:
        names = [
            token.string
            for token in tokenize.tokenize(source.readline)
            if token.type == tokenize.NAME
        ]
    # Files have a method of SEEK's name, and ``os`` its arguments; ``typing`` has a
    # class that goes by the name of a board.
    words = {
        word.lower()
        for name in names
        if name not in {"seek", "Generic"} and not name.startswith("SEEK_")
        for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    }
    return not words.isdisjoint(discover())
