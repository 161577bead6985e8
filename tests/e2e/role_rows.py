"""The table of who may do what: a row for every route and every command of the socket.

A new route or command needs a row here; `docs/reference/roles.md` is made of the rows.
"""

from typing import Any

from tests.e2e.role_table import (
    Row,
    administrators,
    anyone,
    hidden,
    insiders,
    joining,
    least,
    logged_in,
    members,
    no_guests,
    owners,
    signed_in,
    unless,
    where_there_is_any,
)
from tests.e2e.roles import Scene
from tests.http.shapes import NOBODY
from tests.support.client import PASSWORD, unique

Json = Any
ROOMS = "/api/v1/conversations"
ROOM = ROOMS + "/{conversation_id}"
MEMBER = ROOM + "/members/{user_id}"
MESSAGE = "/api/v1/messages/{message_id}"
REACTION = MESSAGE + "/reactions/{emoji}"
SESSION = "/api/v1/sessions/{session_id}"
AUTH = "/api/v1/auth"
FILES = "/api/v1/attachments"
FILE = FILES + "/{attachment_id}"
ACCOUNTS = "/api/v1/admin/users"
ACCOUNT = ACCOUNTS + "/{user_id}"
INVITES = "/api/v1/invites"
NOW = {"content": "Now"}
ANOTHERS, OWN, ADMINS = "another's", "one's own", "an admin's"


ASSISTANTS = "/api/v1/assistants"
ASSISTANT = ASSISTANTS + "/{assistant_id}"
REPLY = "/api/v1/replies/{reply_id}"
PROVIDERS = "/api/v1/admin/providers"


# What is filled into paths, and into bodies -------------------------------------------------------


def somebody(scene: Scene) -> Json:
    return {"user_id": scene.account.id}


def an_admin(scene: Scene) -> Json:
    return {"user_id": scene.admin.id}


def other(scene: Scene) -> Json:
    return {"user_id": scene.stage.other.id}


def message(scene: Scene) -> Json:
    assert scene.room
    return {"message_id": scene.message}


def own(scene: Scene) -> Json:
    assert scene.room
    return {"message_id": scene.own}


def an_assistant(scene: Scene) -> Json:
    return {"assistant_id": scene.made(ASSISTANTS, by=scene.stage.keeper, name="Helper")}


def completion(scene: Scene) -> Json:
    return {"model": "default", "messages": [{"role": "user", "content": "/help"}]}


def ui_chat(scene: Scene) -> Json:
    part = {"type": "text", "text": "/help"}
    return {"id": "chat", "messages": [{"id": unique("m"), "role": "user", "parts": [part]}]}


def with_assistant(scene: Scene) -> Json:
    assert scene.answered
    return {}


def an_answer(scene: Scene) -> Json:
    return {"message_id": scene.answered["id"]}


def a_reply(scene: Scene) -> Json:
    return {"reply_id": scene.answered["reply"]["id"]}


def emoji(scene: Scene) -> Json:
    return {**message(scene), "emoji": "👍"}


def session(scene: Scene) -> Json:
    return {"session_id": scene.session}


def room(scene: Scene) -> Json:
    return {"conversation_id": scene.room}


def file(scene: Scene) -> Json:
    assert scene.room
    return {"attachment_id": scene.file}


def avatar(scene: Scene) -> Json:
    return {"attachment_id": scene.stage.avatar}


def a_login(scene: Scene) -> Json:
    found = scene.me.get(f"{AUTH}/logins")
    return {"login_id": found.json()["items"][0]["id"] if found.is_success else NOBODY}


def a_token(scene: Scene) -> Json:
    if scene.kind.token:
        return {"token_id": NOBODY}
    return {"token_id": scene.made(f"{AUTH}/tokens", name="bot")}


def an_invite(scene: Scene) -> Json:
    return {"invite_id": scene.made(INVITES, by=scene.stage.keeper)}


def account(scene: Scene) -> Json:
    return {"username": unique("new"), "password": PASSWORD}


def credentials(scene: Scene) -> Json:
    name = scene.me.name if scene.me.grant else "nobody"
    return {"username": name, "password": PASSWORD}


def refresh(scene: Scene) -> Json:
    token = scene.me.grant["refresh_token"] if scene.me.grant else "none"
    return {"refresh_token": token}


def access(scene: Scene) -> Json:
    return {"token": scene.me.token if scene.me.grant else "none"}


WORKSPACE = [
    Row("GET", "/health", anyone),
    Row("GET", "/health/live", anyone),
    Row("GET", "/health/ready", anyone),
    Row("POST", f"{AUTH}/register", anyone, account),
    Row("POST", f"{AUTH}/login", unless(signed_in, "invalid_credentials"), credentials),
    Row("POST", f"{AUTH}/token", unless(signed_in, "invalid_credentials"), credentials, form=True),
    Row("POST", f"{AUTH}/refresh", signed_in, refresh, fresh=True),
    Row("POST", f"{AUTH}/logout", logged_in, fresh=True),
    Row(
        "POST",
        f"{AUTH}/password",
        logged_in,
        lambda _: {"current_password": PASSWORD, "new_password": PASSWORD[::-1]},
        fresh=True,
    ),
    Row(
        "POST",
        f"{AUTH}/reset",
        anyone,
        lambda scene: {"token": scene.link(), "new_password": PASSWORD},
        variant="with the link",
    ),
    Row("GET", f"{AUTH}/logins", logged_in),
    Row("DELETE", AUTH + "/logins/{login_id}", logged_in, given=a_login, variant=OWN, fresh=True),
    Row("GET", f"{AUTH}/tokens", logged_in),
    Row("POST", f"{AUTH}/tokens", logged_in, lambda _: {"name": "bot"}),
    Row("DELETE", AUTH + "/tokens/{token_id}", logged_in, given=a_token, variant=OWN),
    Row("GET", "/api/v1/users/me", signed_in),
    Row("PATCH", "/api/v1/users/me", signed_in, lambda _: {"locale": "en"}),
    Row("PUT", "/api/v1/users/me/avatar", signed_in, upload=True),
    Row("DELETE", "/api/v1/users/me/avatar", signed_in),
    Row("POST", FILES, signed_in, upload=True),
    Row("GET", f"{FILE}/avatar", signed_in, given=avatar),
    Row("GET", "/api/v1/users", signed_in),
    Row("GET", "/api/v1/users/{user_id}", signed_in, given=somebody),
    Row("GET", "/api/v1/presence", signed_in),
    Row("GET", ACCOUNTS, administrators),
    Row("POST", ACCOUNTS, administrators, account),
    Row(
        "POST",
        ACCOUNTS,
        owners,
        lambda scene: {**account(scene), "role": "admin"},
        variant="with the role admin",
    ),
    Row("GET", ACCOUNT, administrators, given=somebody),
    Row("PATCH", ACCOUNT, administrators, lambda _: {"role": "agent"}, somebody, "to agent"),
    Row("PATCH", ACCOUNT, owners, lambda _: {"role": "admin"}, somebody, "to admin"),
    Row("PATCH", ACCOUNT, administrators, lambda _: {"is_active": False}, somebody, "deactivate"),
    Row("PATCH", ACCOUNT, owners, lambda _: {"role": "member"}, an_admin, ADMINS),
    Row("DELETE", ACCOUNT, administrators, given=somebody),
    Row("DELETE", ACCOUNT, owners, given=an_admin, variant=ADMINS),
    Row("POST", f"{ACCOUNT}/password", administrators, given=somebody),
    Row("POST", f"{ACCOUNT}/password", owners, given=an_admin, variant=ADMINS),
    Row("GET", INVITES, administrators),
    Row("POST", INVITES, administrators, lambda _: {"uses": 1}),
    Row("DELETE", INVITES + "/{invite_id}", administrators, given=an_invite),
    Row("POST", ROOMS, no_guests, lambda _: {"kind": "group", "name": "New"}, variant="a room"),
    Row(
        "POST",
        ROOMS,
        signed_in,
        lambda scene: {"kind": "direct", "user_id": scene.account.id},
        variant="with a person",
    ),
    Row("POST", ROOMS, signed_in, lambda _: {"kind": "assistant"}, variant="with an assistant"),
    Row("GET", ROOMS, signed_in),
    Row("GET", f"{ROOMS}/public", signed_in),
    Row("GET", "/api/v1/search?q=words", signed_in, variant="everywhere"),
    Row("GET", ASSISTANTS, signed_in),
    Row("POST", ASSISTANTS, administrators, lambda _: {"name": "Helper"}),
    Row("GET", ASSISTANT, signed_in, given=an_assistant),
    Row("PATCH", ASSISTANT, administrators, lambda _: {"instructions": "Be kind."}, an_assistant),
    Row("DELETE", ASSISTANT, administrators, given=an_assistant),
    Row("POST", "/api/v1/chat", signed_in, lambda _: {"content": "/help"}),
    Row("POST", "/api/chat", signed_in, ui_chat),
    Row("GET", "/api/chat/{chat_id}/stream", signed_in, given=lambda _: {"chat_id": "none"}),
    Row("GET", "/v1/models", unless(signed_in, "invalid_api_key")),
    Row(
        "GET",
        "/v1/models/{model}",
        unless(signed_in, "invalid_api_key"),
        given=lambda _: {"model": "default"},
    ),
    Row("POST", "/v1/chat/completions", unless(signed_in, "invalid_api_key"), completion),
    Row("GET", PROVIDERS, administrators),
    Row("PUT", PROVIDERS, administrators, lambda _: {}),
    Row("POST", f"{PROVIDERS}/test", administrators, lambda _: {"provider": "demo"}),
    Row("GET", "/api/v1/usage", signed_in, variant="one's own"),
    Row("GET", "/api/v1/usage?everyone=true", administrators, variant="of all"),
    Row("ws", "/ws", signed_in),
    Row("do", "ping", signed_in),
    Row("do", "auth.renew", signed_in, access),
    Row("do", "presence.watch", signed_in, lambda scene: {"user_ids": [scene.stage.other.id]}),
]

CONVERSATIONS = [
    Row("GET", ROOM, members),
    Row("PATCH", ROOM, least("admin"), lambda _: {"name": "Another name"}, variant="name"),
    Row("PATCH", ROOM, least("moderator"), lambda _: {"edit_window": 60}, variant="edit window"),
    Row("PATCH", ROOM, least("admin"), lambda _: {"retention_days": 90}, variant="retention"),
    Row("DELETE", ROOM, least("admin")),
    Row("PUT", f"{ROOM}/avatar", least("admin"), upload=True),
    Row("DELETE", f"{ROOM}/avatar", least("admin")),
    Row("GET", f"{FILE}/content", insiders, given=file),
    Row("GET", f"{FILE}/thumbnail", insiders, given=file),
    Row("GET", f"{ROOM}/changes?after=0", members),
    Row("GET", f"{ROOM}/members", members),
    Row("POST", f"{ROOM}/members", members, somebody, variant="as member"),
    Row(
        "POST",
        f"{ROOM}/members",
        least("admin"),
        lambda scene: {**somebody(scene), "role": "moderator"},
        variant="as moderator",
    ),
    Row("PATCH", MEMBER, least("admin"), lambda _: {"role": "moderator"}, other, "to moderator"),
    Row("PATCH", MEMBER, least("owner"), lambda _: {"role": "owner"}, other, "hand over"),
    Row("DELETE", MEMBER, least("moderator"), given=other, variant="a member"),
    Row("POST", f"{ROOM}/join", joining),
    Row("POST", f"{ROOM}/leave", members),
    Row("PATCH", f"{ROOM}/me", members, lambda _: {"notify": "none"}),
    Row("POST", f"{ROOM}/messages", members, lambda _: {"content": "Hello"}),
    Row("GET", f"{ROOM}/messages", members),
    Row("GET", f"{ROOM}/unread", members),
    Row("GET", "/api/v1/search?q=words&conversation_id={conversation_id}", members),
    Row("PUT", f"{ROOM}/read", members, lambda _: {"seq": 1}),
    Row("PUT", f"{ROOM}/typing", members, lambda _: {"typing": True}),
    Row("GET", MESSAGE, members, given=message),
    Row("PATCH", MESSAGE, members, lambda _: NOW, own, OWN),
    Row("PATCH", MESSAGE, least("nobody"), lambda _: NOW, message, ANOTHERS),
    Row("DELETE", MESSAGE, members, given=own, variant=OWN),
    Row("DELETE", MESSAGE, least("moderator"), given=message, variant=ANOTHERS),
    Row("GET", f"{MESSAGE}/reads", members, given=message),
    Row("PUT", REACTION, members, given=emoji),
    Row("DELETE", REACTION, members, given=emoji),
    Row("GET", f"{MESSAGE}/reactions", members, given=message),
    Row(
        "POST",
        "/api/chat/{conversation_id}",
        members,
        lambda _: {"message": "/help"},
        with_assistant,
    ),
    Row("GET", "/api/chat/{conversation_id}/history", members),
    Row("POST", f"{REPLY}/cancel", hidden, given=a_reply),
    Row("GET", f"{REPLY}/stream", hidden, given=a_reply),
    Row("POST", f"{MESSAGE}/regenerate", members, given=an_answer),
    Row("POST", f"{MESSAGE}/continue", where_there_is_any, given=an_answer, variant="a whole one"),
    Row("POST", f"{MESSAGE}/ask-again", members, lambda _: NOW, own, OWN),
    Row("POST", f"{MESSAGE}/ask-again", least("nobody"), lambda _: NOW, message, ANOTHERS),
    Row("POST", "/api/v1/feedback", members, lambda scene: {**an_answer(scene), "rating": 5}),
    Row("POST", f"{ROOM}/sessions", members),
    Row("GET", f"{ROOM}/sessions", members),
    Row("GET", f"{ROOM}/session", members, given=session),
    Row("GET", SESSION, members, given=session),
    Row("POST", f"{SESSION}/end", members, given=session),
    Row("ws", "/ws/chat/{conversation_id}", members),
    Row("do", "messages.send", members, lambda scene: {**room(scene), "content": "Hello"}),
    Row(
        "do", "messages.edit", members, lambda scene: {**own(scene), "content": "Now"}, variant=OWN
    ),
    Row(
        "do",
        "messages.edit",
        least("nobody"),
        lambda scene: {**message(scene), "content": "Now"},
        variant=ANOTHERS,
    ),
    Row("do", "messages.retract", members, own, variant=OWN),
    Row("do", "messages.retract", least("moderator"), message, variant=ANOTHERS),
    Row("do", "reactions.add", members, emoji),
    Row("do", "reactions.remove", members, emoji),
    Row("do", "replies.cancel", hidden, a_reply),
    Row("do", "replies.follow", members, an_answer),
    Row("do", "reads.mark", members, lambda scene: {**room(scene), "seq": 1}),
    Row("do", "typing.set", members, lambda scene: {**room(scene), "typing": True}),
    Row("do", "presence.watch", members, room, variant="a conversation"),
    Row("do", "sync.resume", members, lambda scene: {"cursors": {scene.room: 0}}),
]
