"""451, and who does not get it: by curl, with a database of countries made here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

from letterbox.domain.application import Flag
from tests.end_to_end.processes.curl import NEEDS_CURL, submit
from tests.end_to_end.processes.installation import Api, Installation
from tests.end_to_end.processes.posted import PostedApplication

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers"), NEEDS_CURL]

ACCEPTED = (200, "application accepted")
REFUSED = (451, "region not accepted")
# The sample position that names countries: New Zealand and Australia.
SOUTHERN = "20240107-123456-nz"
AUSTRALIAN, SWISS, UNKNOWN = "1.1.1.1", "9.9.9.9", "8.8.8.8"


@pytest.fixture(name="database", scope="module")
def _database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database of two networks."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Country")
    writer.insert_network(IPSet(["1.1.1.0/24"]), {"country": {"iso_code": "AU"}})
    writer.insert_network(IPSet(["9.9.9.0/24"]), {"country": {"iso_code": "CH"}})
    path = tmp_path_factory.mktemp("countries") / "countries.mmdb"
    writer.to_db_file(str(path))
    return path


@pytest.fixture(name="refusing", scope="module")
def _refusing(house: Installation, database: Path) -> Iterator[Api]:
    yield from _api(house, database, "refuse")


@pytest.fixture(name="flagging", scope="module")
def _flagging(house: Installation, database: Path) -> Iterator[Api]:
    yield from _api(house, database, "flag")


@pytest.fixture(name="accepting", scope="module")
def _accepting(house: Installation, database: Path) -> Iterator[Api]:
    yield from _api(house, database, "accept")


def _api(house: Installation, database: Path, policy: str) -> Iterator[Api]:
    api = house.add_api(
        policy,
        LETTERBOX_REGION_POLICY=policy,
        LETTERBOX_GEOIP_DATABASE=str(database),
    )
    api.start()
    yield api
    api.stop()


def _from(address: str | None) -> PostedApplication:
    return PostedApplication(job_id=SOUTHERN, changes={"candidate_ip": address})


def test_451_where_the_candidate_is_surely_elsewhere(
    house: Installation, refusing: Api
) -> None:
    """The position names countries, and this is none of them; nothing is kept."""
    house.settle()
    before = house.kept()

    answer = submit(_from(SWISS), refusing.apply_url)

    assert answer.said == REFUSED
    assert house.kept() == before


@pytest.mark.parametrize(
    "address",
    [
        AUSTRALIAN,
        UNKNOWN,
        f"::ffff:{AUSTRALIAN}",
        "10.0.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "::1",
        "fe80::1%eth0",
        "9.9.9.9, 10.0.0.1",
        "not an address",
        "",
        None,
    ],
)
def test_200_where_there_is_any_doubt(address: str | None, refusing: Api) -> None:
    """Unknown, private and missing addresses never cost a candidate the chance."""
    answer = submit(_from(address), refusing.apply_url)

    assert answer.said == ACCEPTED


def test_200_from_anywhere_for_a_position_that_names_no_country(refusing: Api) -> None:
    """The policy asks nothing of positions that ask nothing."""
    submission = PostedApplication(changes={"candidate_ip": SWISS})

    assert submit(submission, refusing.apply_url).said == ACCEPTED


def test_200_and_a_flag_where_the_policy_is_to_flag(
    house: Installation, flagging: Api
) -> None:
    """The reason is recorded, with the country and the age of the database."""
    submission = _from(SWISS)

    answer = submit(submission, flagging.apply_url)

    assert answer.said == ACCEPTED
    record = house.recorded(submission.id)
    assert record.flags == (Flag.REGION,)
    assert record.region is not None
    assert (record.region.reason, record.region.country) == ("country-elsewhere", "CH")
    assert record.region.accepted_countries == ("AU", "NZ")
    assert record.region.database_built is not None


def test_200_and_nothing_said_where_the_policy_is_to_accept(
    house: Installation, accepting: Api
) -> None:
    """Then nobody looks where the candidate is."""
    submission = _from(SWISS)

    answer = submit(submission, accepting.apply_url)

    assert answer.said == ACCEPTED
    record = house.recorded(submission.id)
    assert (record.flags, record.region) == ((), None)


def test_200_for_a_repeat_of_what_another_policy_accepted(
    house: Installation, accepting: Api, refusing: Api
) -> None:
    """What was accepted once stays so."""
    submission = _from(SWISS)
    assert submit(submission, accepting.apply_url).said == ACCEPTED

    answer = submit(submission, refusing.apply_url)

    assert answer.said == ACCEPTED
    assert len(house.recorded(submission.id).views) == 1
