"""The shapes of the contract, as sets of keys; and checks of values that all answers share."""

import re
from datetime import datetime
from typing import Any

import httpx

Json = Any

USER = {
    *("id", "username", "display_name", "avatar_url", "kind", "role"),
    *("is_active", "online", "last_seen_at", "created_at"),
}
ME = USER | {"email", "locale", "time_zone"}
ACCOUNT = ME | {"deactivated_at", "removed_at"}
LOGIN = {"id", "device", "address", "created_at", "used_at", "expires_at", "current"}
PERSONAL_TOKEN = {"id", "name", "created_at", "used_at", "expires_at"}
INVITE = {
    *("id", "code", "url", "uses", "used", "expires_at", "conversation_id"),
    *("created_by", "created_at", "used_at"),
}
RESET = {"url", "expires_at"}
GRANT = {"user", "access_token", "refresh_token", "token_type", "expires_in"}
LIVE_CONVERSATION = {
    *("id", "kind", "name", "description", "avatar_url", "public", "created_by", "created_at"),
    *("archived_at", "last_seq", "last_rev", "last_message_at", "last_message", "member_count"),
    *("edit_window", "first_seq", "retention_days"),
}
CONVERSATION = LIVE_CONVERSATION | {"me", "peer"}
MEMBERSHIP = {"role", "read_seq", "unread", "mentions", "notify", "pinned_at"}
MEMBER = {"user", "role", "joined_at", "left_at", "read_seq", "rev"}
SENDER = {"id", "username", "display_name", "avatar_url", "kind"}
LIVE_MESSAGE = {
    *("id", "conversation_id", "seq", "rev", "session_id", "sender", "role", "type", "state"),
    *("content", "mentions", "parent_id", "client_id", "attachments", "reactions", "reply"),
    *("created_at", "edited_at", "retracted_at", "superseded_by", "mentions_all", "notice"),
}
SESSION = {
    *("id", "conversation_id", "state", "started_at", "last_activity_at", "ended_at"),
    "message_count",
}
MESSAGE = LIVE_MESSAGE | {"status", "feedback"}
PAGE = {"items", "next_cursor"}
CHANGES = {
    *("messages", "members", "reads", "delivered", "conversation", "rev", "more", "reload"),
}
PROBLEM = {"type", "title", "status", "detail", "code", "request_id"}

NOBODY = "01234567-89ab-7def-8123-456789abcdef"  # an id that nothing has
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def is_id(value: object) -> bool:
    """Whether this is an id, as a text."""
    return isinstance(value, str) and UUID.fullmatch(value) is not None


def is_time(value: object) -> bool:
    """Whether this is a time as RFC 3339 has it, with a zone."""
    if not isinstance(value, str) or TIME.fullmatch(value) is None:
        return False
    return datetime.fromisoformat(value).tzinfo is not None


def refused(answer: httpx.Response, status: int, code: str) -> Json:
    """The problem with which a request was refused; all of it must be there."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == PROBLEM | ({"errors"} if status == 422 else set())
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    for error in problem.get("errors", []):
        assert set(error) == {"loc", "msg", "type"}
    return problem


def invalid(answer: httpx.Response, *loc: str | int) -> Json:
    """The 422 that names a place as the one that is wrong."""
    problem = refused(answer, 422, "invalid")
    assert list(loc) in [error["loc"] for error in problem["errors"]], problem
    return problem
