"""Messages: send, edit, recall, read the history, mark as read, see who has read."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from trialogue.core import members, messages, pages, reads, wire
from trialogue.core.arguments import EditMessage, MarkRead, SendMessage, SetTyping
from trialogue.http import pieces
from trialogue.http.deps import (
    Acting,
    Cursor,
    Limit,
    PathId,
    Serving,
    answer,
    problems,
    with_presence,
)

router = APIRouter(prefix="/api/v1", tags=["Messages"])
Seq = Annotated[int | None, Query(ge=0, lt=2**63, description="A message's `seq`.")]


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=wire.Message,
    responses={
        200: {"description": "This `client_id` was sent before.", "model": wire.Message},
        **problems(401, 403, 404, 409, 413),
    },
)
async def send(
    serving: Serving, actor: Acting, conversation_id: PathId, body: SendMessage
) -> Response:
    """Send a message. A repeat with the same `client_id`, at any time, yields the first one."""
    posted = await serving.sending.send(actor, conversation_id, body)
    return answer(posted.message, 201 if posted.created else 200)


@router.get(
    "/conversations/{conversation_id}/messages",
    response_model=wire.MessagePage,
    responses=problems(401, 403, 404),
)
async def page(
    serving: Serving,
    actor: Acting,
    conversation_id: PathId,
    before: Seq = None,
    after: Seq = None,
    around: Seq = None,
    limit: Limit = 50,
) -> Response:
    """A slice of the history, ascending: the newest messages, or those before, after or around
    a `seq`. `has_more` is told in the direction asked, with `around` of older ones."""
    found = await serving.database.read(
        pages.page,
        actor,
        conversation_id,
        serving.pieces,
        before=before,
        after=after,
        around=around,
        limit=limit,
    )
    return Response(pieces.encode(found), media_type="application/json")


@router.get(
    "/messages/{message_id}", response_model=wire.Message, responses=problems(401, 403, 404)
)
async def get(serving: Serving, actor: Acting, message_id: PathId) -> Response:
    """One message."""
    return answer(await serving.database.read(messages.get, actor, message_id))


@router.patch(
    "/messages/{message_id}",
    response_model=wire.Message,
    responses=problems(401, 403, 404, 409, 410, 413),
)
async def edit(serving: Serving, actor: Acting, message_id: PathId, body: EditMessage) -> Response:
    """Give a message of one's own another text. 409 with code `edit_window_over` when it is too
    late, 410 when it has been recalled."""
    edited = await serving.database.write(messages.edit, actor, message_id, body.content)
    return answer(edited)


@router.delete("/messages/{message_id}", status_code=204, responses=problems(401, 403, 404, 409))
async def retract(serving: Serving, actor: Acting, message_id: PathId) -> Response:
    """Recall a message: its text is gone for everyone, its place stays. One's own within the
    edit window (409 `edit_window_over`), as a moderator of a room any."""
    await serving.database.write(messages.retract, actor, message_id)
    return Response(status_code=204)


@router.get(
    "/messages/{message_id}/reads",
    response_model=wire.Page[wire.Receipt],
    responses=problems(401, 403, 404),
)
async def readers(
    serving: Serving, actor: Acting, message_id: PathId, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Who has read a message, and when; without its sender and who joined later."""
    found = await serving.database.read(
        reads.page_readers, actor, message_id, cursor=cursor, limit=limit
    )
    people = with_presence(serving, [receipt.user for receipt in found.items])
    items = [replace(receipt, user=user) for receipt, user in zip(found.items, people, strict=True)]
    return answer(wire.Page(items, found.next_cursor))


@router.get(
    "/conversations/{conversation_id}/unread",
    response_model=wire.Page[wire.Message],
    responses=problems(401, 403, 404),
)
async def unread(
    serving: Serving,
    actor: Acting,
    conversation_id: PathId,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """One's unread messages of a conversation, the earliest first."""
    found = await serving.database.read(
        reads.page_unread, actor, conversation_id, cursor=cursor, limit=limit
    )
    return answer(found)


@router.put(
    "/conversations/{conversation_id}/read",
    status_code=204,
    responses=problems(401, 403, 404),
)
async def mark_read(
    serving: Serving, actor: Acting, conversation_id: PathId, body: MarkRead
) -> Response:
    """Mark everything up to message `seq` as read; marks only grow."""
    await serving.database.write(reads.mark, actor, conversation_id, body.seq)
    return Response(status_code=204)


@router.put(
    "/conversations/{conversation_id}/typing",
    status_code=204,
    responses=problems(401, 403, 404),
)
async def typing(
    serving: Serving, actor: Acting, conversation_id: PathId, body: SetTyping
) -> Response:
    """Tell the members that one is writing, or no more; it ends by itself after 6 s."""
    await serving.database.read(members.require, actor, conversation_id)
    serving.typists.set(conversation_id, actor.user_id, body.typing)
    return Response(status_code=204)
