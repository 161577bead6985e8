"""The web client: its built files, and its one page for every address within it."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# How addresses of programs begin: an unknown one among them is an error, not a page.
PROGRAMS = {"api", "v1", "ws", "health", "metrics", "docs", "openapi.json", "assets"}
NOT_BUILT = (
    "<!doctype html><title>Trialogue</title><p>The server runs, but its web client is not built. "
    "<code>script/server</code> builds it.</p>"
)


class _Assets(StaticFiles):
    """Files whose names change with their content, so that they may be kept for ever; sent as
    they were compressed at build time to whoever takes that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await self._compressed(path, scope) or await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    async def _compressed(self, path: str, scope: Scope) -> Response | None:
        if "br" not in Request(scope).headers.get("accept-encoding", ""):
            return None
        try:
            response = await super().get_response(f"{path}.br", scope)
        except HTTPException:
            return None
        response.headers["Content-Encoding"] = "br"
        response.headers["Content-Type"] = _media_type(path)
        return response


def _media_type(path: str) -> str:
    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    return types.get(Path(path).suffix, "application/octet-stream") + "; charset=utf-8"


def _find(folder: Path, path: str) -> Path | None:
    """The file at a path, unless that leads out of the folder, or can be no path at all."""
    try:
        file = (folder / path).resolve()
        return file if file.is_file() and file.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError):  # too long; NUL
        return None


class _Page(Route):
    """Matches every address but those of programs, so that these answer for themselves."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].split("/")[1] in PROGRAMS:
            return Match.NONE, {}
        return super().matches(scope)


def install(app: FastAPI, folder: Path) -> None:
    """Serve the client built in `folder`. Must come after all other routes."""
    if (folder / "assets").is_dir():
        app.mount("/assets", _Assets(directory=folder / "assets"), name="assets")

    async def page(request: Request) -> Response:
        file = _find(folder, request.path_params["path"])
        if file is not None:
            return FileResponse(file)
        if (folder / "index.html").is_file():
            return FileResponse(folder / "index.html", headers={"Cache-Control": "no-cache"})
        return HTMLResponse(NOT_BUILT, 503)

    app.router.routes.append(_Page("/{path:path}", page, include_in_schema=False))
