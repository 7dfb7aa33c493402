"""What holds for every test: no network beyond this machine."""

import socket

import pytest

_LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def _sockets_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other machines cannot be reached. Unix sockets (PostgreSQL) and the loopback (browser) stay open."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else address
            if host not in _LOCAL:
                raise RuntimeError(f"a test may not reach the network: {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
