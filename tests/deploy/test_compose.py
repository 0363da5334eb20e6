"""``docker-compose.yml`` against the Compose schema, and against the code it starts."""

import re
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import typer
from pydantic import TypeAdapter
from ruamel.yaml import YAML
from temporalio.envconfig import ClientConfig

from api.app import create_app
from api.operator.blocking import SLOW
from letterbox.domain.durations import Duration
from letterbox.settings import Settings
from letterbox_cli.api.server import _DRAIN_SECONDS
from letterbox_cli.main import app
from tests.deploy.composed import (
    FILE,
    compose,
    dependencies,
    health_url,
    jobs,
    ours,
    services,
)
from tests.support import ROOT
from worker import DRAIN

SERVICES = sorted(services())
LONG_RUNNING = sorted(set(services()) - jobs())
NGINX = (ROOT / "deploy/proxy/nginx.conf").read_text()


def test_the_compose_file_is_valid_by_the_compose_schema() -> None:
    """Validate it as the Compose specification's own JSON schema has it."""
    validated = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", FILE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert validated.returncode == 0, validated.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_of_the_compose_file_is_pinned(name: str) -> None:
    """A tag that moves would be another program tomorrow."""
    assert re.search(r":v?\d+\.\d+(\.\d+)?(-[\w.]+)?$", services()[name]["image"])


def test_the_letterbox_image_has_the_projects_version() -> None:
    """It is built from this tree."""
    [version] = re.findall(
        r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )

    assert {one["image"] for one in ours().values()} == {f"letterbox:{version}"}


@pytest.mark.parametrize("name", sorted(ours()))
def test_every_letterbox_command_of_the_compose_file_exists(name: str) -> None:
    """Each is one of ``letterbox --help``."""
    command = typer.main.get_command(app)

    assert isinstance(command, typer.core.TyperGroup)
    assert services()[name]["command"][0] in command.commands


@pytest.mark.parametrize("name", sorted(ours()))
def test_every_letterbox_variable_of_the_compose_file_is_a_setting(name: str) -> None:
    """A misspelt one would be ignored, and its default taken."""
    known = {f"LETTERBOX_{field}".upper() for field in Settings.model_fields}
    set_here = {
        variable.removesuffix("_FILE")
        for variable in services()[name]["environment"]
        if not variable.startswith("TEMPORAL_")
    }

    # The server's own: whose word on the caller and on TLS is believed.
    assert set_here - {"FORWARDED_ALLOW_IPS"} <= known


@pytest.mark.parametrize("name", sorted(ours()))
def test_the_temporal_sdk_understands_the_compose_files_variables(name: str) -> None:
    """The SDK reads from them where the server is, and the namespace that is made."""
    environment = {
        variable: value
        for variable, value in services()[name]["environment"].items()
        if variable.startswith("TEMPORAL_")
    }

    config = ClientConfig.load_client_connect_config(override_env_vars=environment)

    assert config.get("target_host") == "temporal:7233"
    made = services()["temporal-namespace"]["environment"]["TEMPORAL_NAMESPACE"]
    assert config.get("namespace") == made


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_are_declared_where_they_are_read(name: str) -> None:
    """A container has the secrets that it reads, and the file declares them."""
    one = services()[name]
    given = set(one.get("secrets", ()))
    read = set(re.findall(r"/run/secrets/(\w+)", str(one) + _mounted(name)))

    assert read == given
    assert given <= set(compose()["secrets"])


def _mounted(name: str) -> str:
    """Give the text of the files that a service is given, ours only."""
    sources = [
        ROOT / volume.split(":")[0]
        for volume in services()[name].get("volumes", ())
        if volume.startswith("./")
    ]
    assert all(source.exists() for source in sources)
    return "".join(source.read_text() for source in sources if source.is_file())


def test_no_secret_is_a_variable_of_the_compose_file() -> None:
    """They are files, and in none of the variables."""
    text = FILE.read_text()

    assert not re.findall(r"(?im)^\s+\w*(password|secret|token|key)\w*: [^{/[\s]", text)


def test_health_checks_ask_for_what_the_api_serves() -> None:
    """The proxy's and the API's own are routes."""
    routes = create_app(Settings()).openapi()["paths"]

    assert urlsplit(health_url("api")).path in routes
    assert urlsplit(health_url("proxy")).path in routes


def test_every_port_that_is_asked_is_one_that_is_listened_on() -> None:
    """Who is asked listens where it is asked."""
    api, worker_, store = (services()[name] for name in ("api", "worker", "store"))
    metrics = worker_["environment"]["LETTERBOX_WORKER_METRICS"]
    listened = set(re.findall(r"listen (?:[\d.]+:)?(\d+)", NGINX))
    published = {port.rsplit(":", 1)[1] for port in services()["proxy"]["ports"]}

    port = api["environment"]["LETTERBOX_API_PORT"]
    assert set(re.findall(r"set \$api api:(\d+);", NGINX)) == {port}
    assert str(urlsplit(health_url("api")).port) == port
    assert urlsplit(health_url("worker")).port == urlsplit(f"//{metrics}").port
    endpoint = urlsplit(api["environment"]["LETTERBOX_S3_ENDPOINT"])
    assert endpoint.hostname == "store"
    assert f":{endpoint.port}" == store["environment"]["RUSTFS_ADDRESS"]
    assert published == listened - {str(urlsplit(health_url("proxy")).port)}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_runs_without_root_and_with_a_read_only_system(name: str) -> None:
    """Nobody is root, may become it, or writes beside its volumes."""
    one = services()[name]

    assert one["user"].split(":")[0] not in {"0", "root"}
    assert one["read_only"]
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_every_service_has_a_health_check_a_restart_and_limits(name: str) -> None:
    """Each says how it is, comes back, and cannot starve the others."""
    one = services()[name]

    assert one["healthcheck"]["test"][0] == "CMD"
    assert one["restart"] == "unless-stopped"
    assert set(one["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}


def test_every_dependency_of_a_service_can_be_fulfilled() -> None:
    """Who is waited for exists, and can become what is waited for."""
    for name, other, condition in dependencies():
        assert other in services(), name
        if condition == "service_healthy":
            assert "healthcheck" in services()[other], name


def test_the_api_starts_without_waiting_for_temporal() -> None:
    """A board is answered while Temporal is down, on the first day as well."""
    waits = _waited_for("proxy")

    assert waits == {"api", "bucket", "store"}
    assert services()["bucket"]["command"] == ["init", "--store"]


def _waited_for(name: str) -> set[str]:
    """Name all that must be there before a service starts, however far."""
    direct = {other for one, other, _ in dependencies() if one == name}
    return direct.union(*(_waited_for(other) for other in direct))


def test_a_slow_first_start_is_waited_for() -> None:
    """An API that is not healthy in time would leave the proxy down."""
    period = services()["api"]["healthcheck"]["start_period"]

    assert TypeAdapter(Duration).validate_python(period) >= timedelta(minutes=5)


def test_only_the_proxy_can_be_reached() -> None:
    """What is inside is on internal networks; what may go out listens to nobody."""
    networks = compose()["networks"]
    outside = {name for name, one in networks.items() if not one.get("internal")}

    assert [name for name, one in services().items() if "ports" in one] == ["proxy"]
    assert outside == {"front", "egress", "signatures"}
    assert _on("front") == {"proxy"}
    assert not {"back", "database"} & set(services()["proxy"]["networks"])


def _on(network: str) -> set[str]:
    return {name for name, one in services().items() if network in one["networks"]}


def test_only_the_boards_port_is_published_beyond_this_machine() -> None:
    """All else is published on this machine's own address, unless one is named."""
    ports = services()["proxy"]["ports"]
    own = re.compile(r"(127\.0\.0\.1|\$\{\w+:-127\.0\.0\.1\}):\d+:\d+")

    assert [port for port in ports if not own.fullmatch(port)] == ["443:8443"]


def test_who_takes_hostile_files_apart_sees_the_workers_only() -> None:
    """Not Temporal, where nobody asks who one is, and not the store."""
    assert _on("scanner") == {"clamd", "worker"}
    assert services()["clamd"]["networks"] == ["scanner", "signatures"]
    assert _on("signatures") == {"clamd"}


def test_the_scanner_looks_into_all_that_is_fetched_or_says_so() -> None:
    """By default clamd calls OK what is beyond its limits."""
    lines = (ROOT / "deploy/clamd/clamd.conf").read_text().splitlines()
    options = dict(line.split(" ", 1) for line in lines if line and line[0] != "#")
    largest = Settings.model_fields["max_document_bytes"].default

    assert options["AlertExceedsMax"] == "yes"
    for name in ("StreamMaxLength", "MaxFileSize", "MaxScanSize"):
        assert int(options[name].removesuffix("M")) << 20 >= largest


@pytest.mark.parametrize("name", ["proxy", "api", "worker", "store", "clamd"])
def test_containers_with_candidates_data_are_not_swapped(name: str) -> None:
    """A candidate's documents in /tmp are not swapped to this machine's disk."""
    one = services()[name]

    assert one["memswap_limit"] == one["deploy"]["resources"]["limits"]["memory"]


def test_bodies_that_wait_fit_into_the_proxys_memory() -> None:
    """However many clients send at once, and whatever they send."""
    [size] = re.findall(r"size=(\d+)g", str(services()["proxy"]["tmpfs"]))
    room = int(size) << 30
    first, *others = NGINX.split("\n    server {")[1:6]

    [large] = re.findall(r"limit_conn large (\d+);", first)
    [posts] = re.findall(r"limit_conn large_posts (\d+);", first)
    form, post = re.findall(r"client_max_body_size (\d+)m;", first)
    waiting = (int(large) * int(form) + int(posts) * int(post)) << 20
    for server in (first, *others):
        waiting += (
            sum(map(int, re.findall(r"limit_conn requests (\d+);", server))) << 20
        )
        assert "limit_conn requests" in server or "return 421" in server

    assert "client_max_body_size 1m;" in NGINX.split("\n    server {")[0]
    assert r'"~^:\d{0,6}$" "";' in NGINX
    assert waiting < room


def test_the_proxy_may_have_the_processes_that_it_starts() -> None:
    """``auto`` starts one for each core of the host."""
    [workers] = re.findall(r"worker_processes (\d+);", NGINX)

    assert (
        int(workers) + 2 < services()["proxy"]["deploy"]["resources"]["limits"]["pids"]
    )


def test_the_database_takes_the_connections_that_temporal_may_open() -> None:
    """Four roles in one process, each with pools of its own."""
    variables = services()["temporal"]["environment"]
    [most] = re.findall(
        r"max_connections=(\d+)", str(services()["postgres"]["command"])
    )

    pools = int(variables["SQL_MAX_CONNS"]) + int(variables["SQL_VIS_MAX_CONNS"])
    assert 4 * pools + 20 <= int(most)


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_mounted_can_be_read_under_selinux(name: str) -> None:
    """Files of this repository are relabelled, for all that mount them."""
    for volume in services()[name].get("volumes", ()):
        assert not volume.startswith("./") or volume.endswith(":ro,z")


@pytest.mark.parametrize("name", ["api", "worker"])
def test_api_and_worker_have_two_replicas_each(name: str) -> None:
    """One of each can be killed."""
    assert services()[name]["deploy"]["replicas"] == 2


def test_the_grace_period_is_longer_than_the_drain() -> None:
    """The grace is longer than what the process takes for itself."""
    drains = {"api": timedelta(seconds=_DRAIN_SECONDS), "worker": DRAIN}

    for name, drain in drains.items():
        grace = TypeAdapter(Duration).validate_python(
            services()[name]["stop_grace_period"]
        )
        assert grace >= drain + timedelta(seconds=10)


def test_the_proxy_lets_through_what_the_api_may_take() -> None:
    """A little more, so that the board hears the API's own words; not much more."""
    boards = NGINX.partition("listen 8443 ssl;")[2].partition("server {")[0]
    megabytes = re.findall(r"client_max_body_size (\d+)m;", boards)

    names = ("max_body_bytes", "indeed_max_body_bytes")
    for most, taken in zip(names, megabytes, strict=True):
        size = Settings.model_fields[most].default
        assert size < int(taken) << 20 <= size + (2 << 20)


def test_the_proxy_waits_for_operators_as_long_as_the_api_takes() -> None:
    """A search that is slow is answered by the API, and not given up before."""
    operators = NGINX.partition("listen 8444 ssl;")[2].partition("location")[0]
    [seconds] = re.findall(r"proxy_read_timeout (\d+)s;", operators)

    assert SLOW < int(seconds) <= SLOW + 30


def test_an_acknowledged_object_is_on_the_disk() -> None:
    """RustFS makes new buckets ``relaxed`` unless told, and then it may not be."""
    environment = services()["store"]["environment"]

    assert environment["RUSTFS_DURABILITY_MODE"] == "strict"
    assert environment["RUSTFS_NEW_BUCKET_DURABILITY_MODE"] == "strict"


def test_a_store_and_a_temporal_elsewhere_can_be_reached() -> None:
    """The file beside it names services and settings that there are, and a way out."""
    read = YAML()
    beside = read.load(ROOT / "deploy/external.yml")
    inside = {name for name, one in compose()["networks"].items() if one}

    assert set(beside["services"]) == set(ours())
    known = {f"LETTERBOX_{field}".upper() for field in Settings.model_fields}
    for name, changed in beside["services"].items():
        mine = set(changed["environment"])
        assert mine <= set(services()[name]["environment"])
        assert {one for one in mine if not one.startswith("TEMPORAL_")} <= known
        networks = changed.get("networks", services()[name]["networks"])
        assert set(networks) - inside


def test_the_apis_have_a_way_to_the_identity_provider_where_they_need_one() -> None:
    """The file beside it gives them a network of their own, and nobody else."""
    beside = YAML().load(ROOT / "deploy/single-sign-on.yml")

    assert list(beside["services"]) == ["api"]
    networks = set(beside["services"]["api"]["networks"])
    assert networks - set(services()["api"]["networks"]) == set(beside["networks"])
    assert set(services()["api"]["networks"]) < networks


@pytest.mark.parametrize("folder", ["geoip", "operators"])
def test_what_is_put_into_a_mounted_folder_stays_out_of_the_repository(
    folder: str,
) -> None:
    """Such databases may not be passed on, and hashes of tokens are nobody else's."""
    ignored = (ROOT / "deploy" / folder / ".gitignore").read_text().split()

    assert ignored == ["*", "!.gitignore"]
