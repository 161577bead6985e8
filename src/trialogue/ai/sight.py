"""Which models are given pictures: what an assistant's settings say, else what is known. Pure.

A model that does not see refuses the whole question when it gets a picture: so only those count
that are known to see, by their names, whoever offers them.
"""

import re
from collections.abc import Mapping

from trialogue.ai.links import DEMO, Link

SETTING = "images"
# From the beginning of a name, without what stands before a slash (`openai/gpt-5`).
_SEEING = re.compile(
    r"(?:chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-4-turbo|gpt-[5-9]"
    r"|o1(?!-mini|-preview)|o3(?!-mini)|o4"
    r"|claude-(?!2|instant)"
    r"|gemini-(?!1\.0)|gemma-?3"
    r"|qvq|qwen.*(?:vl|omni)"
    r"|llava|bakllava|moondream|minicpm-v|pixtral|llama-?4|mistral-small-?3\.[12]"
    r"|.*vision|.*[-_.]vl(?![a-z]))"
)


def sees(link: Link, settings: Mapping[str, object]) -> bool:
    """Whether a link is given pictures. `settings` are the assistant's: `images` says it for all
    of its chain."""
    if link.provider == DEMO:
        return False
    wanted = settings.get(SETTING)
    return wanted if isinstance(wanted, bool) else is_known_to_see(link.model)


def is_known_to_see(model: str) -> bool:
    """Whether a model is one of those that are known to take pictures."""
    return _SEEING.match(model.lower().rpartition("/")[2]) is not None
