"""``letterbox doctor``: each thing that is wrong is said, and nothing is changed."""

import asyncio
import io
import json
import os
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.service import RPCError, RPCStatusCode

from letterbox.ats.switch import DeliverySwitch
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.checks import CheckResult, ok
from letterbox.domain import keys
from letterbox.domain.errors import BoardUnavailableError, StoreUnavailableError
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from letterbox_cli.doctor.checking import safely
from letterbox_cli.doctor.clocks import beside, between
from letterbox_cli.samples import import_sample_positions
from letterbox_cli.up.dev_secrets import development_secrets
from letterbox_cli.up.state import announced
from tests.letterbox_cli.conftest import Doctor, Letterbox, levels
from tests.receiver import SECRET, Receiver
from tests.support import free_port

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    return store


@pytest.mark.usefixtures("store")
def test_what_is_off_is_not_wrong(doctor: Doctor) -> None:
    """Closed by default: a bare installation lacks its Temporal and nothing else."""
    found = doctor()

    wrong = [what for what, lines in found.items() if "wrong" in levels(lines)]
    assert wrong == ["temporal"]
    assert levels(found["settings"]) == ["ok"]
    assert found["positions"][0].startswith("ok: none imported yet")
    for what in ("operator API", "virus scanner", "delivery", "board careerjet"):
        assert found[what][0].startswith("ok: off: LETTERBOX_")
    assert found["board seek"] == ["ok: off: LETTERBOX_SEEK_CLIENT_ID is not set"]


def test_without_json_each_finding_is_a_line(letterbox: Letterbox) -> None:
    """What is wrong is marked in capitals, and the exit code is 1."""
    result = letterbox("doctor")

    assert result.exit_code == 1
    assert result.stdout.startswith("ok      settings: read from the environment")
    assert "\nWRONG   store: there is no store at" in result.stdout


def test_a_temporal_address_with_a_scheme_is_told_once(
    environment: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """A missing store is not hidden by the address that would tell more of it."""
    environment.setenv("TEMPORAL_ADDRESS", "http://127.0.0.1:7233")

    found = doctor()

    [store] = found["store"]
    assert store.startswith("wrong: there is no store at")
    [temporal] = found["temporal"]
    assert temporal == "wrong: TEMPORAL_ADDRESS: must be host:port, without a scheme"


def test_with_unreadable_settings_nothing_else_is_checked(
    environment: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """The settings say where everything else is."""
    environment.setenv("LETTERBOX_API_PORT", "none")

    [(what, [line])] = doctor().items()

    assert what == "settings"
    assert line.startswith("wrong: LETTERBOX_API_PORT: ")


def test_one_failure_hides_no_other_and_no_secret_is_told(
    environment: pytest.MonkeyPatch, letterbox: Letterbox
) -> None:
    """If everything is broken at once, everything is reported."""
    secret = "do-not-tell-this"
    nowhere = f"http://127.0.0.1:{free_port()}"
    broken = {
        "LETTERBOX_STORE": "s3://bucket",
        "LETTERBOX_S3_ENDPOINT": nowhere,
        "LETTERBOX_S3_ACCESS_KEY": secret,
        "LETTERBOX_S3_SECRET_KEY": secret,
        "LETTERBOX_CLAMD": "nowhere",
        "LETTERBOX_GEOIP_DATABASE": "absent.mmdb",
        "LETTERBOX_OPERATOR_TOKEN": f"{secret}!",
        "LETTERBOX_DIGEST_KEY": secret,
        "LETTERBOX_CAREERJET_SECRETS": secret,
        "LETTERBOX_SEEK_WEBHOOK_SECRETS": secret,
        "LETTERBOX_SEEK_CLIENT_ID": "partner",
        "LETTERBOX_SEEK_CLIENT_SECRET": secret,
        "LETTERBOX_SEEK_TOKEN_URL": f"{nowhere}/token",
        "LETTERBOX_SEEK_GRAPHQL_URL": f"{nowhere}/graphql",
        "LETTERBOX_DELIVERY_URL": f"{nowhere}/{secret}",
        "LETTERBOX_DELIVERY_SECRET": f"{secret}!",
        "TEMPORAL_API_KEY": secret,
    }
    for name, text in broken.items():
        environment.setenv(name, text)

    result = letterbox("doctor", "--json")

    findings = [
        CheckResult.model_validate(one) for one in json.loads(result.stdout)["items"]
    ]
    assert {one.what for one in findings if not one.fine} == {
        "region",
        "store",
        "temporal",
        "virus scanner",
        "delivery",
        "board seek",
        "SEEK's webhook",
    }
    delivery = [one.words for one in findings if one.what == "delivery"]
    assert "LETTERBOX_DELIVERY_SECRET: must be base64" in delivery[0]
    assert delivery[-1].endswith(
        "does not answer at LETTERBOX_DELIVERY_URL: Connection refused"
    )
    assert secret not in result.output


def test_secrets_that_are_short_or_made_up_are_told(
    environment: pytest.MonkeyPatch, doctor: Doctor, tmp_path: Path
) -> None:
    """A short one can be guessed; that of `letterbox up` lies in a file."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "development-secret").write_text("made-up-by-letterbox-up\n")
    environment.setenv("LETTERBOX_OPERATOR_TOKEN", "fifteen letters")
    environment.setenv("LETTERBOX_DIGEST_KEY", f"{'x' * 16},made-up-by-letterbox-up")
    environment.setenv("LETTERBOX_CAREERJET_SECRETS", "theirs")

    short, made_up = doctor()["secrets"]

    assert short.startswith("warning: LETTERBOX_OPERATOR_TOKEN has fewer than 16")
    assert made_up.startswith("wrong: LETTERBOX_DIGEST_KEY is the development secret")


def test_a_short_secret_that_the_provider_makes_is_not_made_here(
    environment: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """What `openssl` makes would be refused at every sign-in."""
    environment.setenv("LETTERBOX_DESK_URL", "http://127.0.0.1:8000")
    environment.setenv("LETTERBOX_OIDC_ISSUER", f"http://127.0.0.1:{free_port()}")
    environment.setenv("LETTERBOX_OIDC_CLIENT_ID", "letterbox")
    environment.setenv("LETTERBOX_OIDC_CLIENT_SECRET", "short")
    environment.setenv("LETTERBOX_OIDC_ROLES_CLAIM", "roles")
    environment.setenv("LETTERBOX_OIDC_ROLES", "recruiters=triage")

    [short] = doctor()["secrets"]

    assert short.startswith("warning: LETTERBOX_OIDC_CLIENT_SECRET has fewer than 16")
    assert short.endswith(": have the provider make a longer one")


def test_an_up_that_runs_is_looked_at_as_it_runs(
    environment: pytest.MonkeyPatch, doctor: Doctor, tmp_path: Path
) -> None:
    """With its ports and what it made up: nothing that is on is called off."""
    environment.delenv("TEMPORAL_ADDRESS")
    (tmp_path / "var").mkdir()
    settings = Settings(temporal_port=free_port(), sandbox_port=free_port())
    development_secrets(settings)
    before = dict(os.environ)
    with announced(settings) as announcement:
        announcement.started("api", 1)
        beside = doctor()
    alone = doctor()

    assert beside["letterbox up"] == [
        f"ok: is running as process {os.getpid()}: the checks below use its settings"
    ]
    assert beside["board careerjet"] == ["ok: open with 1 secret"]
    assert not {"operator API", "candidates", "secrets"} & beside.keys()
    assert f"127.0.0.1:{settings.temporal_port}" in beside["temporal"][0]
    assert "letterbox up" not in alone
    assert alone["board careerjet"][0].startswith("ok: off: ")
    assert os.environ == before


def test_what_differs_from_what_up_runs_with_is_told(
    environment: pytest.MonkeyPatch,
    doctor: Doctor,
    tmp_path: Path,
    letterbox: Letterbox,
) -> None:
    """It delivers to no new address, and other commands ask another Temporal."""
    (tmp_path / "var").mkdir()
    settings = Settings(temporal_port=free_port(), sandbox_port=free_port())
    development_secrets(settings)
    with announced(settings) as announcement:
        announcement.started("api", 1)
        environment.setenv("LETTERBOX_DELIVERY_URL", f"http://127.0.0.1:{free_port()}")
        environment.setenv("LETTERBOX_DELIVERY_SECRET", f"whsec_{'A' * 32}")
        _, restarted, elsewhere = doctor()["letterbox up"]
        tried = letterbox("deliver", "--test")

    names = "(LETTERBOX_DELIVERY_URL, LETTERBOX_DELIVERY_SECRET)"
    assert restarted == f"wrong: was started with other settings {names}: restart it"
    assert elsewhere.startswith("wrong: TEMPORAL_ADDRESS leads elsewhere than to its")
    assert f"was started with other settings {names}: its worker" in tried.output


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("LETTERBOX_API_HOST", "1.2.3.4.5"),
        ("LETTERBOX_API_HOST", "nobody.invalid"),
        ("LETTERBOX_STORE", "file:"),
    ],
)
def test_an_address_or_a_store_that_is_none_is_wrong(
    environment: pytest.MonkeyPatch, doctor: Doctor, variable: str, text: str
) -> None:
    """It is named by its setting."""
    environment.setenv(variable, text)

    assert any(line.startswith(f"wrong: {variable}") for line in doctor()["settings"])


def test_where_the_settings_come_from_is_told(doctor: Doctor, tmp_path: Path) -> None:
    """In another folder the same command reads another `.env`."""
    [without] = doctor()["settings"]
    (tmp_path / ".env").write_text("LETTERBOX_DATA=elsewhere\n")
    [read] = doctor()["settings"]

    source = "ok: read from the environment"
    assert (
        without == f"{source}; there is no .env in {tmp_path}; the data folder is var"
    )
    assert read == f"{source} and {tmp_path}/.env; the data folder is elsewhere"


def test_lines_fit_the_terminal(
    environment: pytest.MonkeyPatch, letterbox: Letterbox
) -> None:
    """A long word, such as a path to copy, is the only thing that may not."""
    environment.setenv("COLUMNS", "80")
    environment.setenv("LETTERBOX_REGION_POLICY", "refuse")

    lines = letterbox("doctor").stdout.splitlines()

    assert all(len(line) <= 80 or len(line.split()) == 1 for line in lines)
    assert any(line.startswith("       ") for line in lines)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LETTERBOX_STOER", "LETTERBOX_STORE"),
        ("LETTERBOX_CAREERJET_SECRET", "LETTERBOX_CAREERJET_SECRETS"),
        ("LETTERBOX_CLAMD_FIEL", "LETTERBOX_CLAMD_FILE"),
        ("LETTERBOX_WORKER_BUILD_ID", "TEMPORAL_WORKER_BUILD_ID"),
    ],
)
def test_a_misspelt_setting_is_wrong_and_the_right_one_is_named(
    doctor: Doctor, name: str, meant: str
) -> None:
    """In the environment or in `.env`: nothing else would ever say that it is off."""
    Path(".env").write_text(f"{name}=whatever\n")

    _, misspelt = doctor()["settings"]

    assert misspelt == f"wrong: {name} is not a setting: did you mean {meant}?"


def test_variables_of_others_with_our_prefix_are_noted(
    environment: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """Those that Kubernetes sets for a service named letterbox are nobody's mistake."""
    environment.setenv("LETTERBOX_SERVICE_HOST", "10.0.0.1")
    environment.setenv("LETTERBOX_PORT_8000_TCP_ADDR", "10.0.0.1")
    environment.setenv("LETTERBOX_PORT", "tcp://10.0.0.1:8000")
    environment.setenv("LETTERBOX_API_SERVICE_PORT_HTTP", "8000")
    environment.setenv("LETTERBOX_COLOUR", "green")

    _, *notes = doctor()["settings"]

    assert notes == [
        "warning: LETTERBOX_COLOUR is not a setting of Letterbox: nothing reads it"
    ]


@pytest.mark.usefixtures("store")
def test_a_secret_that_is_off_by_an_empty_file_is_told_so(
    environment: pytest.MonkeyPatch, doctor: Doctor, tmp_path: Path
) -> None:
    """The variable is set: to say that it is not would send one looking elsewhere."""
    (tmp_path / "empty").touch()
    for name in ("CAREERJET_SECRETS", "OPERATOR_TOKEN", "DIGEST_KEY"):
        environment.setenv(f"LETTERBOX_{name}_FILE", str(tmp_path / "empty"))

    found = doctor()

    for what in ("board careerjet", "operator API", "candidates"):
        assert "_FILE names is empty" in found[what][0]


def test_all_wrong_settings_are_findings_of_one_run(
    environment: pytest.MonkeyPatch, doctor: Doctor, tmp_path: Path
) -> None:
    """Nobody mends one, only to be told of the next."""
    (tmp_path / "secret").write_text("from-file")
    name = "LETTERBOX_CAREERJET_SECRETS"
    environment.setenv(name, "theirs")
    environment.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    environment.setenv("LETTERBOX_API_PORT", "80000")
    environment.setenv("LETTERBOX_CAREERJET_SECRET", "misspelt")

    assert doctor() == {
        "settings": [
            "wrong: LETTERBOX_API_PORT: must be at most 65535",
            f"wrong: {name} and {name}_FILE are both set: remove one of them",
            f"wrong: {name[:-1]} is not a setting: did you mean {name}?",
        ]
    }


def test_a_region_policy_needs_a_database(
    environment: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """Nobody would ever be refused."""
    environment.setenv("LETTERBOX_REGION_POLICY", "refuse")

    assert doctor()["region"][0].startswith("warning: LETTERBOX_REGION_POLICY is refus")


def test_the_store_is_left_as_it_is(
    store: DirectoryStore, doctor: Doctor, tmp_path: Path
) -> None:
    """Not even what is stale is tidied up."""
    import_sample_positions(store)
    stale = tmp_path / "store" / ".tmp" / "stale"
    stale.touch()
    os.utime(stale, (0, 0))
    before = sorted((tmp_path / "store").rglob("*"))

    found = doctor()

    assert levels(found["store"]) == ["ok"]
    assert found["positions"] == ["ok: the catalogue can be read"]
    assert sorted((tmp_path / "store").rglob("*")) == before


def test_a_file_system_that_does_not_sync_folders_is_told(
    doctor: Doctor, environment: pytest.MonkeyPatch
) -> None:
    """As CIFS and some FUSE do not; the kernel's own has no such call either."""
    environment.setenv("LETTERBOX_STORE", "file:/proc/self/fd")

    [line] = doctor()["store folders"]

    assert levels([line]) == ["warning"]
    assert "does not sync folders (CIFS" in line
    assert "a power failure may lose the latest applications" in line


@pytest.mark.usefixtures("store")
def test_a_file_system_that_syncs_folders_and_tells_a_from_a_capital_is_fine(
    doctor: Doctor,
) -> None:
    """Nothing is said of what is as it should be; NFS is such a one."""
    found = doctor()

    assert "store folders" not in found
    assert levels(found["store"]) == ["ok"]


def test_a_store_that_is_not_there_is_not_made(doctor: Doctor, tmp_path: Path) -> None:
    """A volume may not be mounted: only `init` makes one; it is told once."""
    found = doctor()

    [line] = found["store"]
    assert line.startswith(f"wrong: there is no store at {tmp_path}/store (LETTERBOX_S")
    assert not {"positions", "inbox"} & found.keys()
    assert list(tmp_path.iterdir()) == []


def test_a_position_that_cannot_be_read_is_wrong(
    store: DirectoryStore, doctor: Doctor, tmp_path: Path
) -> None:
    """While it is so, applications are accepted and go to triage."""
    import_sample_positions(store)
    for found in store.list(keys.POSITIONS):
        (tmp_path / "store" / found.key).write_text("{")

    [line] = doctor()["positions"]

    assert levels([line]) == ["wrong"]
    assert "cannot be understood" in line


def test_what_waits_for_longer_than_two_sweeps_is_counted(
    environment: pytest.MonkeyPatch,
    store: DirectoryStore,
    doctor: Doctor,
    tmp_path: Path,
) -> None:
    """What has just come in is no news."""
    environment.setenv("LETTERBOX_SWEEP_EVERY", "10m")
    ages = {"a": 60, "b": 1199, "c": 1300, "d": 9999}
    for name, age in ages.items():
        key = keys.inbox_record(f"careerjet:{name}", "1")
        store.put(key, b"{}")
        then = time.time() - age
        os.utime(tmp_path / "store" / key, (then, then))

    assert doctor()["inbox"][0].startswith("wrong: 2 submissions have waited for more")


@pytest.mark.usefixtures("store")
def test_the_ats_is_found_without_an_event(
    environment: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """It is asked for nothing but the time."""
    with Receiver() as receiver:
        environment.setenv("LETTERBOX_DELIVERY_URL", receiver.url)
        environment.setenv("LETTERBOX_DELIVERY_SECRET", SECRET)

        found = doctor()

    assert found["delivery"] == [
        "ok: events are signed with 1 secret",
        "ok: switched on",
        "ok: the ATS answers",
    ]
    assert levels(found["clock (ATS)"]) == ["ok"]
    assert (receiver.attempts, receiver.forged) == ([], 0)


def test_an_ats_that_has_said_410_is_told(
    environment: pytest.MonkeyPatch, store: DirectoryStore, doctor: Doctor
) -> None:
    """Nothing goes out until somebody says so."""
    with Receiver() as receiver:
        environment.setenv("LETTERBOX_DELIVERY_URL", receiver.url)
        environment.setenv("LETTERBOX_DELIVERY_SECRET", SECRET)
        DeliverySwitch(store).disable(receiver.url)

        [_, switch, _] = doctor()["delivery"]

    assert switch.startswith("wrong: the ATS has answered 410")
    assert "`letterbox deliver --enable`" in switch


def test_a_clock_that_is_wrong_is_told(
    environment: pytest.MonkeyPatch, doctor: Doctor, refusing_s3: str
) -> None:
    """Whatever else the server says: here, that everything is refused."""
    environment.setenv("LETTERBOX_STORE", "s3://bucket")
    environment.setenv("LETTERBOX_S3_ENDPOINT", refusing_s3)

    [line] = doctor()["clock (S3 server)"]

    assert line.startswith("wrong: this machine's is 3")
    assert " s behind that of the S3 server: signatures will be refused" in line


@pytest.mark.parametrize(
    ("ahead", "fine"), [(0, True), (30, True), (-30, True), (31, False), (-31, False)]
)
def test_a_clock_may_differ_by_half_a_minute_in_either_direction(
    ahead: int, *, fine: bool
) -> None:
    """Signatures allow minutes, so that this leaves some for drifting."""
    found = beside("Temporal", timedelta(seconds=ahead))

    assert found.fine is fine
    assert ("behind" in found.words) is (ahead > 30)


@pytest.mark.parametrize(
    ("earliest", "latest", "ahead"),
    [(-60, 60, 0), (0, 0, 0), (40, 60, 40), (-120, -50, -50)],
)
def test_a_clock_is_compared_with_what_is_past_and_what_is_not(
    earliest: int, latest: int, ahead: int
) -> None:
    """No more is claimed than is sure."""
    bounds = [NOW + timedelta(seconds=one) for one in (earliest, latest)]

    assert between(bounds[0], NOW, bounds[1]) == timedelta(seconds=ahead)


async def _raising(error: Exception) -> list[CheckResult]:
    raise error


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (_raising(BoardUnavailableError("SEEK is away")), "SEEK is away"),
        (_raising(StoreUnavailableError("get: EIO")), "does not answer as expected"),
        (_raising(RPCError("x", RPCStatusCode.UNAVAILABLE, b"")), "UNAVAILABLE"),
        (
            _raising(ValueError("a secret")),
            "cannot be checked (ValueError in _raising:",
        ),
        (asyncio.sleep(30, []), "no answer in time"),
    ],
    ids=["ours", "store", "rpc", "odd", "slow"],
)
async def test_whatever_hinders_a_check_is_a_result(
    look: Awaitable[list[CheckResult]], words: str
) -> None:
    """Of an unknown error its type and place are; its text may quote anything."""
    [found] = await safely("this", look, seconds=0.01)

    assert (found.what, found.fine) == ("this", False)
    assert words in found.words
    assert "a secret" not in found.words


async def test_the_results_of_a_check_are_passed_on_unchanged() -> None:
    """A check that ends in time is not touched."""
    assert await safely("this", asyncio.sleep(0, [ok("that", "well")])) == [
        ok("that", "well")
    ]


def test_a_catalogue_that_is_not_whole_says_what_happens_and_names_its_feed(
    store: DirectoryStore, doctor: Doctor
) -> None:
    """What was piped in has no name of its own; feeds are told apart by hirer."""
    feed = read_feed(io.BytesIO(b'[{"reference": "a"}, {"title": "no reference"}]'))
    CatalogueImport(store).run(feed, ImportOrder(source="-", hirer="acme"))

    [line] = doctor()["positions"]

    assert line.startswith("warning: incomplete or old: ")
    assert "a feed no longer names are accepted and matched to them" in line
    assert "until `letterbox positions import` has read a whole list" in line
    assert line.endswith("(standard input for acme: skipped)")


def test_an_import_that_failed_is_told_by_its_reason(
    store: DirectoryStore, doctor: Doctor, letterbox: Letterbox, tmp_path: Path
) -> None:
    """The list that was read last did not fail, and is not named."""
    CatalogueImport(store).run(
        read_feed(io.BytesIO(b'[{"reference": "a"}]')), ImportOrder(source="good.json")
    )
    (tmp_path / "notes.md").write_text("# Notes")

    letterbox("positions", "import", str(tmp_path / "notes.md"))
    [line] = doctor()["positions"]

    assert "good.json" not in line
    assert line.endswith(
        "(the last import failed: neither JSON (a list, or one object a line) nor an "
        "XML feed)"
    )
