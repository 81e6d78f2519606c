"""Which addresses are of the public internet, by tables of our own: those that Python brings differ by patch release.

Sources: IANA's special-purpose address registries for IPv4 and IPv6 (RFC 6890), complete to RFC 9780 of May 2025, and
its registries of multicast and of global unicast addresses.  Where a registry calls a special block reachable, we still
keep away from it: nobody receives deliveries there.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
COMPLETE_TO = "2025-05"
"""The month of the newest assignment that the tables below hold."""

_IPV4 = """
    0.0.0.0/8           this network (RFC 791)
    10.0.0.0/8          private use (RFC 1918)
    100.64.0.0/10       shared address space (RFC 6598)
    127.0.0.0/8         loopback (RFC 1122)
    169.254.0.0/16      link local (RFC 3927)
    172.16.0.0/12       private use (RFC 1918)
    192.0.0.0/24        protocols' own (RFC 6890)
    192.0.2.0/24        documents (RFC 5737)
    192.31.196.0/24     AS112 (RFC 7535)
    192.52.193.0/24     AMT (RFC 7450)
    192.88.99.0/24      relays of 6to4 (RFC 7526)
    192.168.0.0/16      private use (RFC 1918)
    192.175.48.0/24     AS112 (RFC 7534)
    198.18.0.0/15       benchmarks (RFC 2544)
    198.51.100.0/24     documents (RFC 5737)
    203.0.113.0/24      documents (RFC 5737)
    224.0.0.0/4         multicast (RFC 5771)
    240.0.0.0/4         reserved (RFC 1112), and broadcast (RFC 919)
    168.63.129.16/32    a cloud's host, in no registry
"""
_IPV6 = """
    ::/8                unspecified, loopback, compatible and mapped IPv4 (RFC 4291), translated IPv4 (RFC 2765)
    64:ff9b::/96        translated IPv4 (RFC 6052)
    64:ff9b:1::/48      translated IPv4 inside of a network (RFC 8215)
    100::/64            discarded (RFC 6666)
    100:0:0:1::/64      dummy prefix (RFC 9780)
    2001::/23           protocols' own (RFC 2928): Teredo, benchmarks, AMT, AS112, ORCHID, DRIP
    2001:db8::/32       documents (RFC 3849)
    2002::/16           6to4 (RFC 3056)
    2620:4f:8000::/48   AS112 (RFC 7534)
    3fff::/20           documents (RFC 9637)
    5f00::/16           segment routing (RFC 9602)
    fc00::/7            unique local (RFC 4193)
    fe80::/10           link local (RFC 4291)
    fec0::/10           site local (RFC 3879)
    ff00::/8            multicast (RFC 4291)
"""


def _blocks(table: str) -> list[str]:
    return [line.split()[0] for line in table.strip().splitlines()]


SPECIAL: tuple[Network, ...] = (*map(IPv4Network, _blocks(_IPV4)), *map(IPv6Network, _blocks(_IPV6)))
"""What is never public, whatever stands round it."""
_ALL_OF_IPV4 = IPv4Network("0.0.0.0/0")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA gives out of IPv6; the rest is reserved."""
_ISATAP = {0x00005EFE, 0x02005EFE}
"""The third quarter of an address whose last one is an IPv4 address (RFC 5214)."""


def is_public(address: Address) -> bool:
    """Say whether an address is one that anybody may have been given; one that only wraps another is not."""
    given = any(address in block for block in (_ALL_OF_IPV4, _GLOBAL_UNICAST))
    return given and not _is_isatap(address) and not any(address in block for block in SPECIAL)


def _is_isatap(address: Address) -> bool:
    return isinstance(address, IPv6Address) and (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
