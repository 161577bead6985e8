"""Who is named in a message: `@username`, and `@all` for those who may.

A name ends where the text cannot be a name any more, or where a script without spaces begins
or ends: in `@小明你好` the longest username of a member counts.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from sqlalchemy import bindparam, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from trialogue.core import users
from trialogue.core.keyed import Keyed
from trialogue.core.models import EVERYONE, ChatUser, Member, Mention

MOST = 50  # names that count in one message
LONGEST = 32  # characters of a username
ASKED_AT_ONCE = 5_000  # names in one statement; SQLite takes 32 766 values, MySQL 16 MB
ALL = "all"
# An end is looked for only where a run begins: within two long runs it would take the square.
_CODE = re.compile(
    r"(`{3,}).*?(?:(?<!`)\1|\Z)|(~{3,}).*?(?:(?<!~)\2|\Z)|(`+)(?!`).+?(?<!`)\3(?!`)", re.DOTALL
)
_AT = re.compile(rf"[@＠]([^\s@＠]{{1,{LONGEST}}})")


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a message names: members by id, or everyone."""

    user_ids: tuple[str, ...] = ()
    everyone: bool = False


NOBODY = Named()


def candidates(content: str) -> list[list[str]]:
    """For each `@…` in a text the folded usernames that it may mean, the longest first."""
    if "@" not in content and "＠" not in content:
        return []
    text = _CODE.sub(" ", content)
    found = []
    for match in _AT.finditer(text):
        if match.start() == 0 or not _belongs_to_word(text[match.start() - 1]):
            run = "".join(takewhile(users.may_stand_in_username, match[1]))
            keys = dict.fromkeys(map(users.fold, _beginnings(run)))
            found.append([key for key in keys if len(key) <= users.KEY_MOST])
        if len(found) == MOST:
            break
    return found


def _belongs_to_word(character: str) -> bool:
    """Whether an `@` behind this is part of an address, as in ada@example.org."""
    kind = unicodedata.category(character)
    return character == "_" or kind[0] == "N" or (kind[0] == "L" and kind != "Lo")


def _beginnings(run: str) -> Iterator[str]:
    for end in range(len(run), 0, -1):
        if end == len(run) or _may_end(run[end - 1], run[end]):
            yield run[:end]


def _may_end(last: str, following: str) -> bool:
    """Whether a name may end between two characters: before a full stop or dash, and at the
    border of a script that has no spaces."""
    kinds = unicodedata.category(last), unicodedata.category(following)
    return following in ".-" or "Lo" in kinds


def find_members(
    db: Session, wanted: Mapping[str, Iterable[Sequence[str]]]
) -> dict[str, dict[str, str]]:
    """For each conversation its members by folded username, at least those that its texts may
    mean: one statement, unless hundreds of texts name as many as they can."""
    keys = {key for names in wanted.values() for each in names for key in each}
    if not keys:
        return {}
    query = (
        select(Member.conversation_id, ChatUser.username_key, ChatUser.id)
        .join(ChatUser, ChatUser.id == Member.user_id)
        .where(Member.conversation_id.in_(wanted), Member.left_at.is_(None))
    )
    found: dict[str, dict[str, str]] = {}
    rest = iter(keys)
    # Flat lists: of pairs PostgreSQL makes a tree, and its stack takes no more than some thousand.
    while some := list(islice(rest, ASKED_AT_ONCE)):
        for conversation_id, key, user_id in db.execute(
            query.where(ChatUser.username_key.in_(some))
        ):
            found.setdefault(conversation_id, {})[key or ""] = user_id
    return found


def choose(names: Iterable[Sequence[str]], members: Mapping[str, str], *, may_all: bool) -> Named:
    """Whom the names mean, given the members that they may mean."""
    chosen: dict[str, None] = {}
    everyone = False
    for each in names:
        meant = next((key for key in each if key in members or (key == ALL and may_all)), None)
        if meant == ALL and may_all:
            everyone = True
        elif meant is not None:
            chosen[members[meant]] = None
    return Named(tuple(chosen), everyone)


def read(db: Session, conversation_id: str, content: str, *, may_all: bool) -> Named:
    """Whom one text names in a conversation."""
    names = candidates(content)
    members = find_members(db, {conversation_id: names}).get(conversation_id, {})
    return choose(names, members, may_all=may_all)


def rows(message_id: str, conversation_id: str, seq: int, named: Named) -> list[dict[str, object]]:
    """The rows that keep whom a message names."""
    audience = [*named.user_ids, *([EVERYONE] if named.everyone else [])]
    place = {"message_id": message_id, "conversation_id": conversation_id, "seq": seq}
    return [{**place, "user_id": user_id} for user_id in audience]


def replace(db: Session, message_id: str, conversation_id: str, seq: int, named: Named) -> None:
    """Keep whom a message names now, instead of whom it named before."""
    db.execute(delete(Mention).where(Mention.message_id == message_id))
    fresh = rows(message_id, conversation_id, seq, named)
    if fresh:
        db.execute(insert(Mention), fresh)


UNREAD = Keyed(
    (Mention.conversation_id,),
    lambda known: (
        select(Mention.conversation_id, func.count(Mention.message_id.distinct()))
        .join(
            Member,
            (Member.conversation_id == Mention.conversation_id)
            & (Member.user_id == bindparam("user_id"))
            & (Mention.seq > Member.read_seq),
        )
        .where(
            or_(Mention.user_id == bindparam("user_id"), Mention.user_id == EVERYONE),
            known,
            Member.left_at.is_(None),
        )
        .group_by(Mention.conversation_id)
    ),
)


def count(db: Session, user_id: str, conversation_ids: Sequence[str]) -> dict[str, int]:
    """How many unread messages name a user, in each conversation where there are any."""
    rows = UNREAD.rows(db, [(one,) for one in conversation_ids], user_id=user_id)
    return {row[0]: row[1] for row in rows}


def count_members(
    db: Session, conversation_id: str, user_ids: Collection[str] | None
) -> dict[str, int]:
    """How many unread messages of a conversation name each member (None: all members); who is
    not named is left out."""
    query = (
        select(Member.user_id, func.count(Mention.message_id.distinct()))
        .join(
            Mention,
            (Mention.conversation_id == Member.conversation_id)
            & or_(Mention.user_id == Member.user_id, Mention.user_id == EVERYONE)
            & (Mention.seq > Member.read_seq),
        )
        .where(Member.conversation_id == conversation_id, Member.left_at.is_(None))
        .group_by(Member.user_id)
    )
    if user_ids is not None:
        query = query.where(Member.user_id.in_(user_ids))
    return {row[0]: row[1] for row in db.execute(query)}
