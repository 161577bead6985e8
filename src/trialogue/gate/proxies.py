"""Which proxies are believed, and what a client's address is behind them.

uvicorn judges the same for HTTP (`ProxyHeadersMiddleware`); sockets pass it by.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network


class Proxies:
    """Addresses, networks (`10.0.0.0/8`) and other names of hops, separated by commas, whose
    X-Forwarded-For is believed; `*` alone for everyone's."""

    def __init__(self, trusted: str = "") -> None:
        self._all = trusted.strip() == "*"
        self._names: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for each in filter(None, map(str.strip, trusted.split(","))):
            try:
                self._networks.append(ip_network(each))
            except ValueError:
                self._names.add(each)

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The client's address: of those in the X-Forwarded-For headers of a request from `peer`
        the last that is no trusted proxy."""
        if not forwarded or not self._trusts(peer):
            return peer
        hops = [_without_port(hop.strip()) for hop in ",".join(forwarded).split(",")]
        for hop in reversed(hops):
            if not self._trusts(hop):
                return hop or peer
        return hops[0] or peer

    def _trusts(self, hop: str) -> bool:
        if self._all or hop in self._names:
            return True
        try:
            address = ip_address(hop)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _without_port(hop: str) -> str:
    """Some proxies add the port: `1.1.1.1:80`, `[2001:db8::1]:80`."""
    host, _, port = hop.rpartition(":")
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return host if port.isdigit() and host and ":" not in host else hop
