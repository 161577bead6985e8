"""The interactive documents at `/docs`, with all their parts from this server.

FastAPI's own page loads scripts from other hosts and starts itself by an inline script.
"""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.staticfiles import StaticFiles

from trialogue.http import openai_errors
from trialogue.http.deps import problems
from trialogue.http.errors import Problem
from trialogue.http.meanings import EXAMPLES, MEANINGS

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
SCHEMAS = {
    "Body_token_api_v1_auth_token_post": "The OAuth2 password form.",
    "SocketCommand": "What a client may ask on a socket.",
    "SocketEvent": "What a client may hear on a socket.",
}
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


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Say of every field what it means, and of every operation with a body how bodies fail."""
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form; we have another
        document["components"]["schemas"].pop(name, None)
    for name, schema in document["components"]["schemas"].items():
        if name in SCHEMAS:
            schema["description"] = SCHEMAS[name]
        for field, about in schema.get("properties", {}).items():
            meaning, example = (_entry(of, name, field) for of in (MEANINGS, EXAMPLES))
            if meaning is not None:
                about.setdefault("description", meaning)
            if example is not None:
                about.setdefault("examples", [example])
    bodies = {str(status): about for status, about in problems(400, 413, 415).items()}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path.startswith(openai_errors.PREFIX):
                operation["responses"].pop("422", None)  # 400 there
            elif "requestBody" in operation:
                operation["responses"] = {**bodies, **operation["responses"]}
    return document


def _entry(entries: Mapping[str, Any], schema: str, field: str) -> Any:
    """What is said of a field: in this schema, in schemas of this kind, or in general."""
    kinds = [kind for kind in ("Command", "Event") if schema.endswith(kind)]
    keys = [f"{owner}.{field}" for owner in (schema, *kinds)]
    return next((entries[key] for key in (*keys, field) if key in entries), None)


def install(app: FastAPI, routers: Iterable[APIRouter], socket_schemas: dict[str, Any]) -> None:
    """Serve the page and its parts. The document tells of the routers in this order, and holds the
    schemas of the socket as well."""
    described = app.openapi
    routes = [route for router in routers for route in router.routes]
    order = list(
        dict.fromkeys(route.path_format for route in routes if isinstance(route, APIRoute))
    )

    def openapi() -> dict[str, Any]:
        document = described()
        document["paths"] = dict(
            sorted(document["paths"].items(), key=lambda item: order.index(item[0]))
        )
        schemas = document["components"]["schemas"]
        for name, schema in {**problem_schemas(), **socket_schemas}.items():
            schemas.setdefault(name, schema)
        return complete(document)

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it

    @app.get("/docs", include_in_schema=False)
    async def page() -> Response:
        return HTMLResponse(PAGE)

    @app.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    parts = str(files("fastapi_offline") / "static")
    app.mount("/docs/parts", StaticFiles(directory=parts), name="docs")
