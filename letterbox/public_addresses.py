"""Which addresses are the public internet's, and nobody's house."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
# What is given out to machines (RFC 4291, section 2.4). The rest is nobody's, or stands
# for an IPv4 address in a way that some machine may still understand.
_GIVEN_OUT = IPv6Network("2000::/3")


def is_public_address(address: str) -> bool:
    """
    Return whether an IP address is one of the internet's, and of one machine's.

    What leads on to an IPv4 address, by a mapping, a translator or a tunnel, is as
    public as that one, or not public where that cannot be said.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address):
        if known.sixtofour or known.teredo:
            return False
        known = _within(known)
        if isinstance(known, IPv6Address) and known not in _GIVEN_OUT:
            return False
    return known.is_global and not known.is_multicast


def _within(address: IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address
