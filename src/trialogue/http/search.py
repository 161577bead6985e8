"""Search over all messages one may see."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from trialogue.core import search, wire
from trialogue.core.arguments import Id, SoundText
from trialogue.http.deps import Acting, Cursor, Limit, Serving, answer, problems

router = APIRouter(prefix="/api/v1/search", tags=["Messages"])


@router.get("", response_model=wire.Page[wire.Message], responses=problems(401, 403, 404))
async def page(
    serving: Serving,
    actor: Acting,
    q: Annotated[
        SoundText,
        Query(
            min_length=1,
            max_length=200,
            description="Words that must all occur, in any order and case; the last one may be "
            'the beginning of one. `"a phrase"` in quotes must stand there as it is. Chinese, '
            "Japanese, Korean and Thai are found inside of what has no spaces.",
            examples=["会议室 tomorrow"],
        ),
    ],
    conversation_id: Annotated[
        Id | None, Query(description="Only messages of this conversation.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Messages with all words asked for, the newest first, in all of one's conversations or in
    one of them. Recalled and system messages are never found, and nothing from before one was
    let in. A page may hold fewer than `limit` and still have a `next_cursor`."""
    found = await serving.database.read(
        search.page, actor, q, conversation_id=conversation_id, cursor=cursor, limit=limit
    )
    return answer(found)
