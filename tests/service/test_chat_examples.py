"""Every method has types, and a docstring with an example that works as it is written."""

import doctest
import inspect

import pytest

from tests.service.conftest import Stage
from trialogue import ChatService

METHODS = [
    name
    for name, kind in inspect.getmembers(ChatService, inspect.isfunction)
    if not name.startswith("_") and kind.__name__ == name
]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_the_example_of_a_method_works(stage: Stage, name: str) -> None:
    docstring = inspect.getdoc(getattr(ChatService, name)) or ""
    words = {
        "service": stage.service,
        "ada": stage.ada,
        "bob": stage.bob,
        "room": stage.room,
        "message": stage.message,
    }
    example = doctest.DocTestParser().get_doctest(docstring, words, name, None, None)
    assert example.examples or name == "close"
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert said == []


@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_types_and_says_what_it_raises(name: str) -> None:
    method = getattr(ChatService, name)
    signature = inspect.signature(method)
    untyped = [
        each
        for each, parameter in signature.parameters.items()
        if each != "self" and parameter.annotation is inspect.Parameter.empty
    ]
    assert untyped == []
    assert signature.return_annotation is not inspect.Signature.empty
    if name not in ("listen", "close"):
        assert "Raises:" in (method.__doc__ or "")
