"""Pictures that people send reach models that see, small; others are told what there was."""

import base64
from typing import Any

import pytest
from PIL import Image

from tests.support.assisted import Answerer, Assisted, assisted, assisted_pool
from tests.support.client import Caller
from tests.support.pictures import opened, picture, upload
from tests.support.provider import Asked, fail

__all__ = ["assisted", "assisted_pool"]

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


def ask(ada: Caller, helper: Answerer, text: str, *names: str, room: str | None = None) -> str:
    """Send a question with pictures of these names, and wait for the answer; its conversation."""
    if room is None:
        made = ada.post("/api/v1/conversations", assistant_id=helper.id)
        room = str(made.json()["id"])
    files = [upload(ada, name, picture("PNG", (2000, 500))).json()["id"] for name in names]
    sent = ada.post(f"/api/v1/conversations/{room}/messages", content=text, attachment_ids=files)
    assert sent.status_code == 201, sent.text
    return room


def parts(asked: Asked, at: int = -1) -> list[dict[str, Any]]:
    """What one message of a question is made of."""
    content = asked.messages[at]["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def shown(part: dict[str, Any]) -> Image.Image:
    """A picture as the provider gets it."""
    head, _, data = part["image_url"]["url"].partition(",")
    assert head == "data:image/jpeg;base64"
    return opened(base64.b64decode(data))


def test_a_model_that_sees_is_shown_pictures_small(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(settings={"images": True}), assisted.person()
    room = ask(ada, helper, "What is this?", "roof.png")
    (first,) = assisted.asked(helper, ended=1)
    text, image = parts(first)
    assert text["text"] == "What is this?"
    assert shown(image).size == (1568, 392)
    # And still when it is asked about what was said before.
    ask(ada, helper, "And the colour?", room=room)
    _, second = assisted.asked(helper, ended=2)
    assert [one["type"] for one in parts(second, -3)] == ["text", "image_url"]
    assert parts(second)[0]["text"] == "And the colour?"


def test_the_newest_four_are_shown_and_the_others_named(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(settings={"images": True}), assisted.person()
    ask(ada, helper, "Which?", *(f"{number}.png" for number in range(6)))
    (asked,) = assisted.asked(helper, ended=1)
    text, *images = parts(asked)
    assert text["text"] == "Which?\n[image: 0.png]\n[image: 1.png]"
    assert [one["type"] for one in images] == ["image_url"] * 4


def test_a_model_that_does_not_see_is_told_the_name(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(), assisted.person()
    ask(ada, helper, "", "roof.png")
    (asked,) = assisted.asked(helper, ended=1)
    assert parts(asked) == [{"type": "text", "text": "[image: roof.png]"}]


def test_of_one_chain_each_gets_what_it_takes(assisted: Assisted) -> None:
    name = assisted.answerer().name.lower()  # that nobody else has
    seeing, blind = f"gpt-4o-{name}", f"gpt-3.5-{name}"
    chain = [f"openai:{seeing}", f"openai:{blind}"]
    made = assisted.owner.post("/api/v1/assistants", name=f"Of {name}", providers=chain).json()
    helper = Answerer(made["id"], "", "", made["user"]["id"], seeing, blind)
    assisted.provider.queue(seeing, fail(503))
    ask(assisted.person(), helper, "What is this?", "roof.png")
    first, second = assisted.asked(helper, ended=2)
    assert [one["type"] for one in parts(first)] == ["text", "image_url"]
    assert parts(second) == [{"type": "text", "text": "What is this?\n[image: roof.png]"}]


def test_what_is_gone_or_torn_is_named(assisted: Assisted) -> None:
    helper, ada = assisted.answerer(settings={"images": True}), assisted.person()
    torn = picture("PNG", (400, 300))[:200]
    file_id = upload(ada, "torn.png", torn).json()["id"]
    made = ada.post("/api/v1/conversations", assistant_id=helper.id).json()
    path = f"/api/v1/conversations/{made['id']}/messages"
    ada.post(path, content="Look", attachment_ids=[file_id])
    (asked,) = assisted.asked(helper, ended=1)
    assert parts(asked) == [{"type": "text", "text": "Look\n[image: torn.png]"}]
