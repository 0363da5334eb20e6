"""What a database of countries may hold, and what becomes of it."""

from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

from letterbox.geoip import MaxMindLocator


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"country": {"iso_code": "CH"}}, "CH"),
        ({"country": {"iso_code": 756}}, None),
        ({"country": {"iso_code": ""}}, None),
        ({"country": {}}, None),
        ({"country": "CH"}, None),
        ({"continent": {"code": "EU"}}, None),
        ({}, None),
        ("CH", None),
        (["CH"], None),
        (756, None),
        (True, None),
    ],
)
def test_a_country_is_known_where_an_entry_says_so_plainly(
    tmp_path: Path, entry: dict[str, object] | list[str] | str | int, code: str | None
) -> None:
    """Databases are made by many: what one says otherwise is a country not known."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Country")
    writer.insert_network(IPSet(["9.9.9.0/24"]), entry)
    database = tmp_path / "countries.mmdb"
    writer.to_db_file(str(database))

    country = MaxMindLocator(database).country("9.9.9.9")

    assert (country.code if country else None) == code
