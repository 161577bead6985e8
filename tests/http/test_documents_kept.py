"""What the OpenAPI document says is kept: schemathesis makes requests that it allows and requests
that it forbids, and no answer is a 5xx, or of a status, a type or a shape that it does not name.

The same requests each time. Without a login, as a member, and as the owner of the server.
"""

from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.http.conftest import open_http
from tests.support.client import Caller
from tests.support.pictures import uploaded
from tests.support.server import Server
from tests.support.serving import Make
from trialogue.core import users, workspaces
from trialogue.store.database import Database

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

ALLOWED, FORBIDDEN = 6, 6  # requests for each operation
PATIENCE = 30  # seconds for an answer
KEPT = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NOWHERE = "http://127.0.0.1:9/v1"  # no provider may be looked for on other machines
Json = Any


class World:
    """Someone with one of everything, so that paths lead somewhere."""

    def __init__(self, person: Caller) -> None:
        self.person = person
        other = person.person("bob")
        room = person.room(other)
        message = person.say(room, "Look at this")
        answer = person.post("/api/v1/conversations")
        chat = answer.json()["id"]
        asked = person.say(chat, "/help")
        session = person.post(f"/api/v1/conversations/{room}/sessions").json()
        made = person.post("/api/v1/assistants", name="Helper", providers=["demo"]).json()
        token = person.post("/api/v1/auth/tokens", name="mine").json()
        invite = person.post("/api/v1/invites", conversation_id=room).json()
        login = person.log_in()
        logins = login.get("/api/v1/auth/logins").json()["items"]
        replies = person.get(f"/api/v1/conversations/{chat}/messages").json()["items"]
        self.ids: dict[str, list[str]] = {
            "conversation_id": [room, chat],
            "chat_id": [chat],
            "message_id": [message["id"], asked["id"], replies[-1]["id"]],
            "parent_id": [message["id"]],
            "user_id": [other.id],
            "member_ids": [other.id],
            "user_ids": [other.id],
            "session_id": [session["id"]],
            "assistant_id": [made.get("id", "none")],
            "attachment_id": [uploaded(person)["id"]],
            "attachment_ids": [uploaded(person)["id"]],
            "reply_id": [(replies[-1]["reply"] or {}).get("id", "none")],
            "login_id": [next(one["id"] for one in logins if one["current"])],
            "token_id": [token["id"]],
            "invite_id": [invite.get("id", "none")],
            "emoji": ["👍"],
            "model": [made.get("name", "none")],
        }

    def enter(self, where: Json, number: int) -> Json:
        """The same with what is really there, where something of this kind has a name."""
        if not isinstance(where, dict):
            return where
        found = dict(where)
        for name in found.keys() & self.ids.keys():
            known = self.ids[name][number % len(self.ids[name])]
            found[name] = [known] if isinstance(found[name], list) else known
        return found


class Visitor:
    """Who makes the requests; `role` is None for nobody in particular."""

    def __init__(self, server: Server, http: Caller, role: str | None) -> None:
        self._server = server
        self._http = http
        self._role = role
        self.world: World | None = None
        self.session = requests.Session()
        self.session.trust_env = False

    def settle(self) -> None:
        """Be someone new, with everything new."""
        if self._role is None:
            return
        person = self._http.person("ada")
        if self._role == "owner":
            database = Database(self._server.database_url)
            with database.transaction() as db:
                users.grant_role(db, workspaces.ensure_default(db), person.id, "owner")
            database.dispose()
        self.world = World(person)

    def make(self, case: Case, number: int) -> Any:
        """The answer to a request. Who was logged out by an earlier one comes anew."""
        answer = self._call(case, number)
        if answer.status_code == 401 and self.world is not None:
            self.settle()
            answer = self._call(case, number)
        return answer

    def _call(self, case: Case, number: int) -> Any:
        headers = {}
        if self.world is not None:
            headers = {"Authorization": f"Bearer {self.world.person.token}"}
            if number % 4:  # a fourth asks for what is not there
                case.path_parameters = self.world.enter(case.path_parameters, number)
                case.body = self.world.enter(case.body, number)
        return case.call(
            base_url=self._server.url, session=self.session, headers=headers, timeout=PATIENCE
        )


def looked_for_here(case: Case) -> None:
    """Providers are asked on this machine alone: whatever address was made up is replaced."""
    if isinstance(case.body, dict):
        for provider in case.body.get("providers") or [case.body]:
            if isinstance(provider, dict) and "base_url" in provider:
                provider["base_url"] = NOWHERE


def tried(operation: APIOperation, visitor: Visitor, mode: GenerationMode, most: int) -> list[str]:
    """What an operation has done that the document does not say."""
    found: list[str] = []

    @hypothesis.settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), number=st.integers(0, 11))
    def ask(case: Case, number: int) -> None:
        looked_for_here(case)
        answer = visitor.make(case, number)
        try:
            case.validate_response(answer, checks=KEPT)
        except (Failure, FailureGroup) as error:
            found.append(
                f"{operation.label}: {error} {case.as_curl_command()} {answer.content[:300]!r}"
            )

    try:
        ask()
    except Unsatisfiable:
        # What takes nothing at all cannot be asked wrongly.
        assert mode is GenerationMode.NEGATIVE
        assert not list(operation.iter_parameters())
        assert not operation.body
    return found


def kept(server: Server, document: Json, role: str | None, paths: str = "") -> list[str]:
    """What is not kept by any operation whose path begins so."""
    schema = schemathesis.openapi.from_dict(document)
    found: list[str] = []
    asked = 0
    with open_http(server) as http:
        visitor = Visitor(server, Caller(http), role)
        visitor.settle()
        for made in schema.get_all_operations():
            operation = made.ok()
            if operation.path.startswith(paths):
                asked += 1
                found += tried(operation, visitor, GenerationMode.POSITIVE, ALLOWED)
                found += tried(operation, visitor, GenerationMode.NEGATIVE, FORBIDDEN)
                if operation.method != "get":
                    visitor.settle()
        visitor.session.close()
    listed = [path for path, methods in document["paths"].items() for _ in methods]
    assert asked == len([path for path in listed if path.startswith(paths)]) > 0
    return found


@pytest.fixture
def described(make_server: Make) -> tuple[Server, Json]:
    """A server, which has its owner, and its document."""
    server = make_server(TRIALOGUE_AI_DEMO_PACE="0").start()
    with open_http(server) as http:
        Caller(http).person("keeper")  # the first account owns the server
        return server, http.get("/openapi.json").json()


@pytest.mark.parametrize("role", [None, "member", "owner"])
def test_every_answer_is_one_that_the_document_names(
    role: str | None, described: tuple[Server, Json]
) -> None:
    server, document = described
    found = kept(server, document, role)
    assert not found, "\n\n".join(found)
    assert server.faults() == []


def test_an_answer_that_the_document_does_not_name_is_found(
    described: tuple[Server, Json],
) -> None:
    server, document = described
    del document["paths"]["/api/v1/users/me"]["get"]["responses"]["401"]
    found = kept(server, document, None, "/api/v1/users/me")
    assert found
    assert all("GET /api/v1/users/me: " in one and "status code" in one for one in found), found
