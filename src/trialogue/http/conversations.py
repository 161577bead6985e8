"""Conversations: make, find, open, rename, archive."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from trialogue.core import arguments, changes, conversations, wire
from trialogue.core.arguments import CreateConversation, UpdateConversation
from trialogue.core.errors import ChatError
from trialogue.http.deps import (
    Acting,
    Cursor,
    Limit,
    PathId,
    Serving,
    answer,
    members_with_presence,
    peers_with_presence,
    problems,
)

router = APIRouter(prefix="/api/v1/conversations", tags=["Conversations"])
Search = Annotated[
    arguments.SoundText, Query(max_length=100, description="Any part of the room's name.")
]


@router.post(
    "",
    status_code=201,
    response_model=wire.Conversation,
    responses={
        200: {"description": "It existed already.", "model": wire.Conversation},
        **problems(401, 403, 404, 409),
    },
)
async def create(serving: Serving, actor: Acting, body: CreateConversation) -> Response:
    """Begin a conversation with an assistant (`{}` does: an empty one with the default assistant),
    make a room, or open the one direct conversation with a person.

    A repeat with the same `client_id`, or for the same person, answers 200 with the first.
    """
    if body.kind == "direct":
        if body.user_id is None:
            raise ChatError("invalid", "A direct conversation needs a `user_id`.", field="user_id")
        found, created = await serving.database.write(
            conversations.open_direct, actor, body.user_id
        )
    elif body.kind == "assistant":
        found, created = await serving.database.write(
            conversations.create_assistant,
            actor,
            assistant_id=body.assistant_id,
            name=body.name,
            client_id=body.client_id,
        )
    else:
        found, created = await serving.database.write(
            conversations.create_group,
            actor,
            name=body.name,
            description=body.description,
            public=body.public,
            member_ids=body.member_ids,
            client_id=body.client_id,
        )
    return answer(peers_with_presence(serving, [found])[0], 201 if created else 200)


@router.get("", response_model=wire.Page[wire.Conversation], responses=problems(401))
async def mine(
    serving: Serving,
    actor: Acting,
    kind: Annotated[
        Literal["direct", "group", "assistant", "support"] | None,
        Query(description="Only conversations of this kind."),
    ] = None,
    query: Search = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """One's own conversations, those with the latest activity first; archived ones left out."""
    page = await serving.database.read(
        conversations.page, actor, kind=kind, query=query, cursor=cursor, limit=limit
    )
    return answer(wire.Page(peers_with_presence(serving, page.items), page.next_cursor))


@router.get("/public", response_model=wire.Page[wire.Conversation], responses=problems(401))
async def public(
    serving: Serving, actor: Acting, query: Search = "", cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """The public rooms of the workspace; `me` and `last_message` are null where one is not in."""
    return answer(
        await serving.database.read(
            conversations.page_public, actor, query=query, cursor=cursor, limit=limit
        )
    )


@router.get(
    "/{conversation_id}", response_model=wire.OpenConversation, responses=problems(401, 403, 404)
)
async def open_one(
    serving: Serving, actor: Acting, conversation_id: PathId, limit: Limit = 50
) -> Response:
    """A conversation with its newest `limit` messages, ascending."""
    found = await serving.database.read(
        conversations.open_page, actor, conversation_id, limit=limit
    )
    return answer(peers_with_presence(serving, [found])[0])


@router.patch(
    "/{conversation_id}", response_model=wire.Conversation, responses=problems(401, 403, 404, 409)
)
async def change(
    serving: Serving, actor: Acting, conversation_id: PathId, body: UpdateConversation
) -> Response:
    """Rename, describe, open or close a room; for its owner and admins. Moderators too may set
    for how long its messages can be changed; `"edit_window": null` is what the server says."""
    given = body.model_fields_set
    return answer(
        await serving.database.write(
            conversations.change,
            actor,
            conversation_id,
            name=body.name,
            description=body.description,
            public=body.public,
            edit_window=body.edit_window if "edit_window" in given else conversations.KEEP,
            retention_days=body.retention_days if "retention_days" in given else conversations.KEEP,
        )
    )


@router.delete("/{conversation_id}", status_code=204, responses=problems(401, 403, 404, 409))
async def archive(serving: Serving, actor: Acting, conversation_id: PathId) -> Response:
    """Archive a room: it stays readable for its members, but nobody can post to it."""
    await serving.database.write(conversations.archive, actor, conversation_id)
    return Response(status_code=204)


@router.get(
    "/{conversation_id}/changes", response_model=wire.Changes, responses=problems(401, 403, 404)
)
async def catch_up(
    serving: Serving,
    actor: Acting,
    conversation_id: PathId,
    after: Annotated[int, Query(ge=0, lt=2**63, description="The last `rev` that is known.")],
    limit: Annotated[int, Query(ge=1, le=1_000, description="Changed rows at the most.")] = 1_000,
) -> Response:
    """What changed since a `rev`. With `more`, come again with the `rev` of this answer;
    with `reload` (more than 1 000 changes missed, or a `rev` from the future) start afresh."""
    found = await serving.database.read(changes.seen, actor, conversation_id, after, limit=limit)
    return answer(replace(found, members=members_with_presence(serving, found.members)))
