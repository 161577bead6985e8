"""The interactive documents at `/docs`, with all their parts from this server.

FastAPI's own page loads scripts from other hosts and starts itself by an inline script.
"""

from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter
from starlette.staticfiles import StaticFiles

from trialogue.http.errors import Problem

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trialogue API</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/docs/parts/swagger-ui.css">
</head>
<body>
<div id="documents"></div>
<script src="/docs/parts/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documents",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  validatorUrl: null,
});
"""


def problem_schemas() -> dict[str, Any]:
    """The schemas of problem documents, by name."""
    schema = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}


def install(app: FastAPI, socket_schemas: dict[str, Any]) -> None:
    """Serve the page and its parts; the document also holds the schemas of the socket."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        schemas = document["components"]["schemas"]
        for name, schema in {**problem_schemas(), **socket_schemas}.items():
            schemas.setdefault(name, schema)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it

    @app.get("/docs", include_in_schema=False)
    async def page() -> Response:
        return HTMLResponse(PAGE)

    @app.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    parts = str(files("fastapi_offline") / "static")
    app.mount("/docs/parts", StaticFiles(directory=parts), name="docs")
