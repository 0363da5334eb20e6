"""Which addresses are the public internet's, and nobody's house."""

from ipaddress import ip_address


def is_public_address(address: str) -> bool:
    """Return whether an IP address is public; an IPv4 one mapped into IPv6 as well."""
    parsed = ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(mapped.is_global and not mapped.is_multicast)
