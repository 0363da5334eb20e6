"""Callers are recognised by their tokens, as the file has them at that moment."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from letterbox.domain.errors import NotFoundError, RefusedError, SettingsError
from letterbox.domain.operators import UNNAMED, OperatorRole
from letterbox.operators import changes
from letterbox.operators.callers import Callers
from letterbox.operators.file import read

_OLD = b"a token of the settings"


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "operators.json"


def reading(path: Path) -> Callers:
    """Have an API process that has just read the file."""
    callers = Callers([_OLD], path)
    callers.refresh()
    return callers


def whose(callers: Callers, token: str) -> str | None:
    """Return whose token it is, as a request asks."""
    caller = callers.known(token.encode()) or callers.verify(token.encode())
    return caller.operator.name if caller else None


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Edit the file as a person does: not by our command, and not atomically."""
    contents = json.loads(path.read_text())
    change(contents)
    path.write_text(json.dumps(contents))


def test_a_token_opens_and_the_file_has_only_its_hash(path: Path) -> None:
    """The hash is argon2's; others on the machine cannot read the file."""
    added = changes.add(path, "jane.doe", OperatorRole.TRIAGE, ("acme",))
    caller = reading(path).verify(added.token.encode())

    assert caller
    assert (caller.operator.name, caller.operator.role) == (
        "jane.doe",
        OperatorRole.TRIAGE,
    )
    assert caller.operator.hirers == frozenset({"acme"})
    assert added.token.rpartition("_")[2] not in path.read_text()
    assert "$argon2id$" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


def test_a_token_of_the_settings_is_an_admin_of_no_name(path: Path) -> None:
    """With or without a file, and nobody in the file can take that name."""
    changes.add(path, "jane.doe", OperatorRole.VIEWER)
    for callers in (Callers([_OLD]), reading(path)):
        caller = callers.known(_OLD)
        assert caller
        assert caller.operator is UNNAMED

    with pytest.raises(Exception, match="LETTERBOX_OPERATOR_TOKEN"):
        changes.add(path, "operator", OperatorRole.VIEWER)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token[:-1],
        lambda token: token.replace("lbx_", "lbx_x"),
        lambda token: token.replace(token[4:16], "0" * 12),
        lambda token: token + "\n",
        lambda _: "",
        lambda _: "lbx_",
        lambda _: "ü" * 60,
    ],
)
def test_any_other_token_does_not_open(spoil: Callable[[str], str], path: Path) -> None:
    """Nearly right is wrong, and nothing of it is remembered."""
    token = changes.add(path, "jane.doe", OperatorRole.ADMIN).token
    callers = reading(path)
    assert whose(callers, token) == "jane.doe"

    assert whose(callers, spoil(token)) is None


def test_a_token_is_computed_once(path: Path) -> None:
    """An ATS asks a hundred times a second: only the first costs 20 ms."""
    token = changes.add(path, "ats", OperatorRole.ADMIN).token.encode()
    callers = reading(path)

    assert callers.known(token) is None
    assert callers.verify(token) == callers.known(token)
    began = time.perf_counter()
    for _ in range(1000):
        assert callers.known(token)
    assert time.perf_counter() - began < 0.5


def test_a_token_that_names_nobody_costs_no_computation(path: Path) -> None:
    """Or anybody could keep the processor busy."""
    changes.add(path, "ats", OperatorRole.ADMIN)
    callers = reading(path)
    token = b"lbx_" + b"0" * 12 + b"_" + b"x" * 43

    began = time.perf_counter()
    for _ in range(1000):
        assert callers.token_name(token) is None
        assert callers.verify(token) is None
    assert time.perf_counter() - began < 0.5


def test_a_change_of_the_file_is_seen_without_a_restart(path: Path) -> None:
    """A revoked token is forgotten at once, though it was remembered."""
    token = changes.add(path, "jane.doe", OperatorRole.TRIAGE).token
    callers = reading(path)
    session = callers.verify(token.encode())
    assert session
    other = changes.add(path, "joe", OperatorRole.VIEWER).token
    callers.refresh()
    joe = whose(callers, other)
    is_there = callers.current("jane.doe", session.credential)
    changes.revoke(path, "jane.doe")
    callers.refresh()

    assert (joe, is_there) == ("joe", session)
    assert whose(callers, token) is None
    assert callers.current("jane.doe", session.credential) is None
    assert whose(callers, other) == "joe"


def test_several_tokens_are_valid_while_they_are_rotated(path: Path) -> None:
    """Revoking one ends what was begun with it, and nothing else."""
    old = changes.add(path, "ats", OperatorRole.ADMIN)
    new = changes.add(path, "ats", None)
    callers = reading(path)
    sessions = [callers.verify(one.token.encode()) for one in (old, new)]
    assert all(sessions)
    left = changes.revoke(path, "ats", old.token_id)
    callers.refresh()

    assert left
    assert [token.id for token in left.tokens] == [new.token_id]
    assert [whose(callers, one.token) for one in (old, new)] == [None, "ats"]
    current = [one and callers.current("ats", one.credential) for one in sessions]
    assert current == [None, sessions[1]]


def test_what_has_expired_does_not_open(path: Path) -> None:
    """A token, or an operator with all of its tokens, even if it was remembered."""
    token = changes.add(path, "jane.doe", OperatorRole.TRIAGE).token
    callers = reading(path)
    assert whose(callers, token) == "jane.doe"
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()

    edit(path, lambda file: file["operators"][0]["tokens"][0].update(expires=past))
    callers.refresh()
    assert whose(callers, token) is None
    edit(path, lambda file: file["operators"][0]["tokens"][0].pop("expires"))
    callers.refresh()
    assert whose(callers, token) == "jane.doe"
    edit(path, lambda file: file["operators"][0].update(expires=past))
    callers.refresh()
    assert whose(callers, token) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text("{"),
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: edit(path, lambda file: file.pop("secret")),
        lambda path: edit(path, lambda file: file["operators"][0].update(role="boss")),
        lambda path: edit(path, lambda file: file["operators"][0].update(hirers=[])),
        lambda path: edit(path, lambda file: file["operators"][0].update(rolle="x")),
        lambda path: edit(
            path, lambda file: file["operators"].append(file["operators"][0])
        ),
        lambda path: edit(
            path,
            lambda file: file["operators"][0]["tokens"][0].update(
                hash="$argon2id$v=19$m=999999999,t=2,p=1$c2FsdHNhbHQ$aGFzaA"
            ),
        ),
    ],
)
def test_a_broken_file_keeps_who_was_known_and_is_loud(
    spoil: Callable[[Path], object], path: Path
) -> None:
    """Logged once a change; what it holds is not quoted; mended, it counts again."""
    token = changes.add(path, "jane.doe", OperatorRole.TRIAGE).token
    good = path.read_text()
    callers = reading(path)
    with capture_logs() as logs:
        spoil(path)
        callers.refresh()
        callers.refresh()

    assert whose(callers, token) == "jane.doe"
    assert callers.trouble
    assert callers.trouble.startswith("LETTERBOX_OPERATORS")
    assert [line["event"] for line in logs] == ["operators unreadable"]
    assert "$argon2" not in str(logs)
    if path.is_dir():
        path.rmdir()
    path.write_text(good)
    callers.refresh()
    assert callers.trouble is None
    assert not callers.is_unread


def test_a_file_that_was_never_readable_lets_nobody_in_but_the_old_token(
    path: Path,
) -> None:
    """A process begins all the same: boards must be answered."""
    callers = reading(path)

    assert callers.is_unread
    assert callers.known(_OLD)
    changes.add(path, "jane.doe", OperatorRole.TRIAGE)
    callers.refresh()
    assert not callers.is_unread


def test_who_writes_at_once_loses_nothing(path: Path) -> None:
    """Each waits for the others; a reader sees a whole file at any moment."""
    changes.add(path, "first", OperatorRole.ADMIN)
    with ThreadPoolExecutor(4) as pool:
        names = [f"operator-{number}" for number in range(8)]
        added = [
            pool.submit(changes.add, path, name, OperatorRole.VIEWER) for name in names
        ]
        while not all(one.done() for one in added):
            read(path)
    for one in added:
        one.result()

    assert {one.name for one in read(path).operators} == {"first", *names}
    assert {file.name for file in path.parent.iterdir()} == {"operators.json"}


def test_a_change_keeps_who_may_read_the_file(path: Path) -> None:
    """The API may run as another user, of the group of the file."""
    changes.add(path, "first", OperatorRole.ADMIN)
    path.chmod(0o640)
    secret = read(path).secret

    changes.add(path, "second", OperatorRole.ADMIN)

    assert path.stat().st_mode & 0o777 == 0o640
    assert read(path).secret == secret


def test_a_link_stays_a_link(path: Path) -> None:
    """What it leads to is changed: a mounted volume, say."""
    real = path.parent / "volume"
    real.mkdir()
    path.symlink_to(real / "operators.json")

    changes.add(path, "first", OperatorRole.ADMIN)

    assert path.is_symlink()
    assert read(real / "operators.json").find("first")


def test_an_operator_is_not_changed_by_accident(path: Path) -> None:
    """Another role or other hirers are for whoever edits, or revokes first."""
    with pytest.raises(RefusedError, match="--role"):
        changes.add(path, "jane.doe", None)
    assert not path.exists()
    changes.add(path, "jane.doe", OperatorRole.TRIAGE, ("acme",))

    for role, hirers in ((OperatorRole.ADMIN, ()), (None, ("other",))):
        with pytest.raises(RefusedError, match="revoke it first"):
            changes.add(path, "jane.doe", role, hirers)
    with pytest.raises(NotFoundError, match="no operator"):
        changes.revoke(path, "joe")
    with pytest.raises(NotFoundError, match="no token"):
        changes.revoke(path, "jane.doe", "0" * 12)
    assert len(read(path).operators[0].tokens) == 1


def test_a_broken_file_is_not_overwritten(path: Path) -> None:
    """Somebody is at it, perhaps."""
    path.write_text("{")

    with pytest.raises(SettingsError):
        changes.add(path, "jane.doe", OperatorRole.TRIAGE)
    assert path.read_text() == "{"


def test_a_folder_that_is_not_there_is_named_as_such(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(SettingsError, match="a folder that is there"):
        changes.add(
            tmp_path / "nowhere" / "operators.json", "jane.doe", OperatorRole.ADMIN
        )


def test_what_seals_is_a_token_only_where_there_is_nothing_else(path: Path) -> None:
    """It could be guessed from what it has sealed, and seal what names others."""
    changes.add(path, "ann", OperatorRole.ADMIN)
    derived = b"a key of single sign-on"

    callers = Callers([_OLD], path, more_keys=[derived])
    without_file = callers.sealing_keys
    callers.refresh()

    assert Callers([_OLD, b"another"]).sealing_keys == [_OLD, b"another"]
    assert without_file == [derived]
    assert callers.sealing_keys == [read(path).secret.encode(), derived]
