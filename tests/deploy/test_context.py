"""What .dockerignore lets into a build: the sources, and no secrets, data or builds."""

from pathlib import Path

import pytest

from deploy.replay import context
from tests.house import tree

SENT = [
    "README.md",
    "docs/guide/deploy.md",
    "docs/reference/limits.md",
    "pyproject.toml",
    "requirements/server.txt",
    "src/trialogue/app.py",
    "src/trialogue/store/migrations/env.py",
    "web/.npmrc",
    "web/package-lock.json",
    "web/script/compress.ts",
    "web/src/i18n/en.json",
]
KEPT_OUT = [
    ".env",
    ".git/config",
    ".run/stamp",
    ".venv/bin/python",
    "data/secret_key",
    "data/trialogue.db",
    "deploy/.env",
    "docs/images/room.png",
    "src/trialogue/.env",
    "src/trialogue/__pycache__/app.pyc",
    "tests/conftest.py",
    "web/.env.local",
    "web/dist/index.html",
    "web/e2e/lines.spec.ts",
    "web/node_modules/react/index.js",
]


def test_sources_are_sent_and_nothing_else() -> None:
    known = context.rules(tree.text(".dockerignore"))
    assert [path for path in SENT if not context.is_sent(path, known)] == []
    assert [path for path in KEPT_OUT if context.is_sent(path, known)] == []


def test_the_context_is_what_lies_in_the_folder(tmp_path: Path) -> None:
    for path in [*SENT, *KEPT_OUT]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / ".dockerignore").write_text(tree.text(".dockerignore"))
    assert sorted(context.files(tmp_path)) == sorted(SENT)


@pytest.mark.parametrize(
    ("text", "path", "sent"),
    [
        ("", "a", True),
        ("a", "a/b", False),
        ("*\n!a/b", "a/b/c", True),
        ("*\n!a/b", "a/c", False),
        ("!a\na", "a", False),
        ("# a", "a", True),
        ("*.py", "a.py", False),
        ("*.py", "b/a.py", True),
        ("**/*.py", "b/c/a.py", False),
        ("b/?", "b/c", False),
        ("b/?", "b/cc", True),
    ],
)
def test_the_last_rule_that_matches_decides(text: str, path: str, sent: bool) -> None:
    assert context.is_sent(path, context.rules(text)) is sent
