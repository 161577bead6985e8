"""From a conversation's messages to what a model is asked. Pure.

A transcript is not a prompt: what was recalled, replaced or said by the system is left out, others
carry their names where several speak, and what is too old is cut at a turn's boundary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialogue.ai.prompt import Image, Prompt, Turn
from trialogue.core import files
from trialogue.core.wire import Attachment, LiveMessage

PICTURES = 4  # that are shown of one conversation, the newest
QUOTED = 200  # characters of an answered message that are quoted
# States of an assistant's message in which nothing of it can be told yet.
_UNSAID = ("queued", "streaming")
_BROKEN = ("interrupted", "failed", "cancelled")
NAMES = (
    "Several people take part in this conversation. Each of their messages begins with the name of"
    " who wrote it. Your own answers have no name in front: do not write one."
)
SUMMARY = "What was said before, in summary:"


@dataclass(frozen=True, slots=True)
class ContextPolicy:
    """How much of a conversation a model is given: messages and characters, the trigger apart."""

    messages: int = 40
    characters: int = 24_000


@dataclass(frozen=True, slots=True)
class Speaker:
    """The assistant that is to answer. `instructions` and `settings` are its own."""

    user_id: str
    instructions: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)


def build(
    speaker: Speaker,
    messages: Sequence[LiveMessage],
    trigger: LiveMessage,
    *,
    named: bool,
    policy: ContextPolicy = ContextPolicy(),
    summary: str | None = None,
    prefill: str = "",
    images: Mapping[str, Image] | None = None,
) -> Prompt:
    """What an assistant is asked when it answers `trigger`, which always comes last.

    `messages` are the conversation's in ascending order; what follows the trigger is left out,
    but for the assistant's answers to earlier ones. `named` where several people speak; `summary`
    of what is older than `messages`; `prefill` is the text of the answer that is to be continued;
    `images` are those files of messages that are shown, by their ids.
    """
    told = _Telling(speaker, {message.id: message for message in messages}, named, images or {})
    chosen = [message for message in messages if _is_told(message, trigger, speaker)]
    ordered = _ordered(chosen, trigger, speaker)
    turns = _trimmed([told.turn(message) for message in ordered], policy)
    parts = (speaker.instructions, NAMES if named else "", _summarised(summary))
    return Prompt(
        instructions="\n\n".join(filter(None, parts)),
        turns=(*turns, told.turn(trigger)),
        settings=speaker.settings,
        prefill=prefill,
    )


def pictures(
    speaker: Speaker, messages: Sequence[LiveMessage], trigger: LiveMessage
) -> list[Attachment]:
    """The newest pictures among what a model is told, at most `PICTURES`."""
    told = [message for message in messages if _is_told(message, trigger, speaker)]
    of_others = [each for each in (*told, trigger) if each.sender.id != speaker.user_id]
    found = [file for each in of_others for file in each.attachments if _is_picture(file)]
    return found[-PICTURES:]


def _is_picture(file: Attachment) -> bool:
    return file.mime_type in files.PICTURES


def _is_told(message: LiveMessage, trigger: LiveMessage, speaker: Speaker) -> bool:
    """Whether a message is one that a model may be told, beside the trigger."""
    if message.id == trigger.id or message.retracted_at or message.superseded_by:
        return False
    if message.role == "system" or message.state in _UNSAID:
        return False
    if not message.content.strip() and not message.attachments:
        return False
    # Not an earlier answer to the same question.
    return message.sender.id != speaker.user_id or message.parent_id != trigger.id


def _ordered(
    messages: Sequence[LiveMessage], trigger: LiveMessage, speaker: Speaker
) -> list[LiveMessage]:
    """What came before the trigger, each of the assistant's answers right after its question:
    when two people ask at once, both questions come before both answers."""
    before = {message.id: [message] for message in messages if message.seq < trigger.seq}
    for message in messages:
        question = message.parent_id
        if message.sender.id == speaker.user_id and question in before:
            before[question].append(message)
            before.pop(message.id, None)
    return [message for group in before.values() for message in group]


def _trimmed(turns: list[Turn], policy: ContextPolicy) -> list[Turn]:
    """The newest turns that fit, whole; the first of them is not the assistant's."""
    kept: list[Turn] = []
    left = policy.characters
    for turn in reversed(turns):
        left -= len(turn.text)
        if len(kept) == policy.messages or left < 0:
            break
        kept.insert(0, turn)
    while kept and kept[0].role == "assistant":
        del kept[0]
    return kept


def _summarised(summary: str | None) -> str:
    return f"{SUMMARY}\n{summary.strip()}" if summary and summary.strip() else ""


@dataclass(frozen=True, slots=True)
class _Telling:
    """How messages are told to one assistant."""

    speaker: Speaker
    known: Mapping[str, LiveMessage]
    named: bool
    images: Mapping[str, Image]

    def turn(self, message: LiveMessage) -> Turn:
        """One message as a turn. Another assistant's is not taken for the own."""
        if message.sender.id == self.speaker.user_id:
            return Turn("assistant", message.content + (" …" if _is_cut(message) else ""))
        other = message.role == "assistant"
        name = _name(message) if self.named or other else None
        held = (self.images.get(file.id) for file in message.attachments)
        images = tuple(image for image in held if image is not None)
        return Turn("user", self._text(message), name, images)

    def _text(self, message: LiveMessage) -> str:
        parts = [self._quotation(message), message.content.strip()]
        unseen = (file for file in message.attachments if file.id not in self.images)
        parts += [_note(file) for file in unseen]
        return "\n".join(filter(None, parts))

    def _quotation(self, message: LiveMessage) -> str:
        """What a message answers, where the model could not tell."""
        answered = self.known.get(message.parent_id or "")
        if answered is None or answered.retracted_at or not answered.content.strip():
            return ""
        text = " ".join(answered.content.split())
        cut = f"{text[:QUOTED]}…" if len(text) > QUOTED else text
        return f"> {_name(answered)}: {cut}"


def _note(file: Attachment) -> str:
    """What is said of a file that is not shown."""
    kind = "image" if _is_picture(file) else "attached"
    return f"[{kind}: {file.file_name}]"


def _is_cut(message: LiveMessage) -> bool:
    """Whether an answer ends before it was at its end."""
    at_length = message.reply is not None and message.reply.finish == "length"
    return at_length or message.state in _BROKEN


def _name(message: LiveMessage) -> str:
    """The name of who wrote a message, on one line and without what ends a name."""
    shown = " ".join(message.sender.display_name.replace(":", " ").split())
    name = shown or message.sender.username or "Someone"
    return f"{name} (another assistant)" if message.role == "assistant" else name
