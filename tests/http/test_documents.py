"""The interactive documents and the schema."""

import re

from tests.support.client import Caller
from trialogue.http.meanings import EXAMPLES, MEANINGS


def test_the_documents_come_whole_from_this_server(api: Caller) -> None:
    page = api.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert parts
    assert "<script>" not in page.text  # the content policy would refuse it
    for part in parts:
        assert part.startswith("/")
        if part != "/favicon.svg":  # of the web client, which need not be built
            assert api.get(part).status_code == 200, part


def test_the_schema_names_every_route_of_the_contract(api: Caller) -> None:
    schema = api.get("/openapi.json").json()
    room = "/api/v1/conversations/{conversation_id}"
    routes = {
        "/api/v1/auth/register": {"post"},
        "/api/v1/auth/login": {"post"},
        "/api/v1/auth/token": {"post"},
        "/api/v1/auth/refresh": {"post"},
        "/api/v1/auth/logout": {"post"},
        "/api/v1/auth/password": {"post"},
        "/api/v1/auth/reset": {"post"},
        "/api/v1/auth/logins": {"get"},
        "/api/v1/auth/logins/{login_id}": {"delete"},
        "/api/v1/auth/tokens": {"get", "post"},
        "/api/v1/auth/tokens/{token_id}": {"delete"},
        "/api/v1/invites": {"get", "post"},
        "/api/v1/invites/{invite_id}": {"delete"},
        "/api/v1/admin/users": {"get", "post"},
        "/api/v1/admin/users/{user_id}": {"get", "patch", "delete"},
        "/api/v1/admin/users/{user_id}/password": {"post"},
        "/api/v1/users/me": {"get", "patch"},
        "/api/v1/users": {"get"},
        "/api/v1/users/{user_id}": {"get"},
        "/api/v1/presence": {"get"},
        "/api/v1/conversations": {"get", "post"},
        "/api/v1/conversations/public": {"get"},
        room: {"get", "patch", "delete"},
        f"{room}/members": {"get", "post"},
        f"{room}/members/{{user_id}}": {"patch", "delete"},
        f"{room}/join": {"post"},
        f"{room}/leave": {"post"},
        f"{room}/messages": {"get", "post"},
        f"{room}/changes": {"get"},
        f"{room}/read": {"put"},
        "/api/v1/messages/{message_id}": {"get"},
        "/health": {"get"},
        "/health/live": {"get"},
        "/health/ready": {"get"},
    }
    for path, methods in routes.items():
        assert methods <= schema["paths"][path].keys(), path


def test_the_document_begins_with_accounts_whatever_is_called_most(api: Caller) -> None:
    paths = list(api.get("/openapi.json").json()["paths"])
    nouns = ["/api/v1/auth/register", "/api/v1/conversations", "/api/v1/messages/{message_id}"]
    assert paths[0] == nouns[0]
    assert [path for path in paths if path in nouns] == nouns


def test_every_route_says_what_it_does_and_how_it_fails(api: Caller) -> None:
    schema = api.get("/openapi.json").json()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description") or operation.get("summary"), (method, path)
            if path.startswith("/api/"):
                failures = {code for code in operation["responses"] if code >= "400"}
                assert {"422", "503"} <= failures, (method, path)
                for code in failures:
                    content = operation["responses"][code]["content"]
                    assert "application/problem+json" in content, (method, path, code)


def test_every_schema_field_and_parameter_is_described(api: Caller) -> None:
    document = api.get("/openapi.json").json()
    silent = [
        name
        for name, schema in document["components"]["schemas"].items()
        if not schema.get("description")
    ]
    silent += [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description")
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            described = [operation, *operation.get("parameters", [])]
            described += operation["responses"].values()
            silent += [f"{method} {path}" for one in described if not one.get("description")]
    assert silent == []


def test_every_meaning_and_example_belongs_to_a_field(api: Caller) -> None:
    schemas = api.get("/openapi.json").json()["components"]["schemas"]
    fields = {
        (name, field) for name, schema in schemas.items() for field in schema.get("properties", ())
    }
    names = {field for _, field in fields}
    names |= {f"{schema}.{field}" for schema, field in fields}
    names |= {
        f"{kind}.{field}"
        for schema, field in fields
        for kind in ("Command", "Event")
        if schema.endswith(kind)
    }
    assert (MEANINGS.keys() | EXAMPLES.keys()) - names == set()


def test_examples_are_given_and_fit_their_fields(api: Caller) -> None:
    schemas = api.get("/openapi.json").json()["components"]["schemas"]
    for name in ("Message", "Conversation", "User", "Grant", "SendMessage"):
        fields = schemas[name]["properties"].values()
        assert any("examples" in about for about in fields), name
    kinds = {"string": str, "integer": int, "boolean": bool, "null": type(None), "number": float}
    kinds |= {"array": list}
    for name, schema in schemas.items():
        for field, about in schema.get("properties", {}).items():
            types = [one.get("type") for one in about.get("anyOf", [about])]
            for example in about.get("examples", []):
                fits = tuple(kinds[kind] for kind in types if kind in kinds)
                assert isinstance(example, fits), (name, field, example)


BODIES = {"400", "413", "415", "422"}  # below /v1 all that is wrong is 400


def test_every_operation_with_a_body_says_how_bodies_fail(api: Caller) -> None:
    for path, methods in api.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                known = {"400", "413", "415"} if path.startswith("/v1/") else BODIES
                assert known <= operation["responses"].keys(), (method, path)


def test_authorize_in_the_documents_leads_to_the_form(api: Caller) -> None:
    schemes = api.get("/openapi.json").json()["components"]["securitySchemes"]
    flows = [scheme["flows"]["password"]["tokenUrl"] for scheme in schemes.values()]
    assert flows == ["/api/v1/auth/token"]
