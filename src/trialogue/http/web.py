"""The web client: its built files, and its one page for every address within it."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Addresses of programs: an unknown one among them is an error, not a page.
PROGRAMS = ("/api/", "/v1/", "/ws", "/health", "/metrics", "/docs", "/openapi.json", "/assets/")
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


def install(app: FastAPI, folder: Path) -> None:
    """Serve the client built in `folder`. Must come after all other routes."""
    if (folder / "assets").is_dir():
        app.mount("/assets", _Assets(directory=folder / "assets"), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if f"/{path}".startswith(PROGRAMS):
            raise HTTPException(404, "There is nothing at this address.")
        file = folder / path
        if path and "\0" not in path and file.is_file() and file.resolve().is_relative_to(folder):
            return FileResponse(file)
        if (folder / "index.html").is_file():
            return FileResponse(folder / "index.html", headers={"Cache-Control": "no-cache"})
        return HTMLResponse(NOT_BUILT, 503)
