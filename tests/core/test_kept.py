"""What a message's row keeps of what is shown with it comes back as it was."""

from dataclasses import replace
from datetime import UTC, datetime

from trialogue.core import kept, wire

REPLY = wire.Reply(
    id="reply",
    state="done",
    assistant_id="assistant",
    trigger_id="question",
    version=2,
    attempt=1,
    provider="openai",
    model="gpt-5",
    attempts=[wire.ReplyAttempt("openai", "gpt-4", "limited", 12)],
    usage=wire.ReplyUsage(10, 5, 0.25, estimated=True),
    error=wire.ReplyError("cut", "The answer broke off.", 3),
    finish="length",
    ended_at=datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
)
FILE = wire.Attachment(
    "file", "图.png", 7, "image/png", 2, 1, "/api/v1/attachments/file/content", None
)


def test_a_reply_comes_back_with_the_attempt_of_the_text_beside_it() -> None:
    assert kept.reply_of(kept.reply_meta(REPLY), 3) == replace(REPLY, attempt=3)
    bare = replace(REPLY, attempts=[], usage=None, error=None, provider=None, model=None)
    bare = replace(bare, finish=None, ended_at=None)
    assert kept.reply_of(kept.reply_meta(bare), 1) == bare


def test_a_reply_that_was_kept_by_an_older_server_comes_back() -> None:
    older = kept.reply_meta(REPLY)
    del older["finish"], older["ended_at"]
    assert kept.reply_of(older, 1) == replace(REPLY, finish=None, ended_at=None)


def test_a_file_comes_back_with_its_addresses() -> None:
    assert kept.attachment(kept.file_of(FILE)) == FILE
    small = replace(FILE, thumbnail_url="/api/v1/attachments/file/thumbnail")
    assert kept.attachment(kept.file_of(small)) == small


def test_what_is_changed_in_a_copy_is_not_changed_in_the_row() -> None:
    row = {"mentions": ["ada"]}
    meta = kept.meta(row)
    meta["everyone"] = True
    assert row == {"mentions": ["ada"]}
    assert kept.meta(None) == {}
