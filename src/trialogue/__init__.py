"""Trialogue: one self-hosted chat platform for people, assistants and customers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialogue.app import create_app

__all__ = ["__version__", "create_app"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """`create_app` is loaded when it is asked for: importing the package loads no server."""
    if name == "create_app":
        from trialogue.app import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
