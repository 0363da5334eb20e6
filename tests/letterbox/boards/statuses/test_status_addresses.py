"""Addresses that an application names for its statuses: of listed hosts alone."""

import pytest

from letterbox.boards.client.addresses import address_of, refuse_other_hosts
from letterbox.boards.hellowork.settings import HelloWorkSettings
from letterbox.domain.errors import (
    BoardRefusedError,
)


@pytest.mark.parametrize(
    "target",
    [
        "https://ats-partner.hellowork.com/v1/applications/7/status",
        "https://ATS-Partner.HelloWork.com:443/x",
    ],
)
def test_https_at_a_listed_host_is_an_address(target: str) -> None:
    """It may be spelled in any way that means the same."""
    hosts = HelloWorkSettings().hellowork_status_hosts

    address = address_of(target)
    refuse_other_hosts(address, hosts, "THESE")
    assert (address.scheme, address.host) == ("https", "ats-partner.hellowork.com")


@pytest.mark.parametrize(
    "target",
    [
        "http://ats-partner.hellowork.com/x",
        "https://ats-partner.hellowork.com:8443/x",
        "https://ats-partner.hellowork.com.evil.example/x",
        "https://evil.example/ats-partner.hellowork.com",
        "https://ats-partner.hellowork.com@evil.example/",
        "https://user:pass@ats-partner.hellowork.com/",
        "https://evil.example\\@ats-partner.hellowork.com/",
        "https://ats-partner.hellowork.com./",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "ftp://ats-partner.hellowork.com/x",
        "//ats-partner.hellowork.com/x",
        "https://ats-partner.hellowork.com\r\nX: y/",
        "https://",
        "",
        "x" * 100_000,
        "https://é☃\ud83d/",
    ],
)
def test_what_is_not_surely_a_listed_host_is_no_address(target: str) -> None:
    """A stranger has chosen it."""
    hosts = HelloWorkSettings().hellowork_status_hosts

    with pytest.raises(BoardRefusedError):
        refuse_other_hosts(address_of(target), hosts, "THESE")
