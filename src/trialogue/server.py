"""One server process: uvicorn with our application and our realtime line."""

import gc
import resource
import socket

import uvicorn

from trialogue import telemetry
from trialogue.app import Parts, create_app
from trialogue.http.connections import HttpConnection
from trialogue.settings import Settings

# Seconds for requests that are under way when the server stops. With two for replies before, and
# what comes after, it ends within ten: the usual patience of who stops it.
GRACE = 6
MANY = 65_536  # open files, where the system sets no limit of its own
YOUNG = 5_000  # objects that are made before the youngest are looked through: some milliseconds


class Server(uvicorn.Server):
    """uvicorn, telling its address when it can be reached."""

    def __init__(self, config: uvicorn.Config, parts: Parts) -> None:
        super().__init__(config)
        self._parts = parts

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Event streams end with their replies, before connections are waited for."""
        await self._parts.runner.stop()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers:
            for bound in server.sockets:
                host, port = bound.getsockname()[:2]
                shown = f"[{host}]" if ":" in host else host
                print(f"Trialogue is ready at http://{shown}:{port}", flush=True)
        rest()


def run(settings: Settings) -> None:
    """Serve until told to stop (SIGINT, SIGTERM)."""
    telemetry.configure(settings)
    _open_many()
    parts = Parts(settings)
    config = uvicorn.Config(
        create_app(parts=parts),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=HttpConnection,
        ws=parts.line.protocol,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE,
        backlog=4096,
    )
    server = Server(config, parts)
    server.run()
    if not server.started:
        raise SystemExit(3)


def rest() -> None:
    """What is there by now stays: the collector need not look through it again, which would stop
    all else for a tenth of a second each time."""
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def _open_many() -> None:
    """Each connection is an open file, of which a shell allows 1 024 by default, and far more when
    asked."""
    some, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        most = max(some, MANY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
