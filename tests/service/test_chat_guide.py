"""What the guide and the examples show works as it is written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def blocks(path: str) -> str:
    """The Python of a page, from top to bottom."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", (ROOT / path).read_text(), re.M | re.S))


def test_the_readme_and_the_guide_work_from_top_to_bottom(
    blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", blank_database_url)
    program = blocks("README.md") + blocks("docs/guide/embed.md")
    assert program.count("assert") > 8
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_example_with_threads_numbers_without_gaps(
    blank_database_url: str,
) -> None:
    command = [sys.executable, "-W", "error", "examples/threads.py", blank_database_url]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert said == "200 messages, numbered 1 to 200\nwithout gaps\n"


def test_the_embedded_bot_answers_who_names_it_and_nobody_else(blank_database_url: str) -> None:
    command = [sys.executable, "-W", "error", "examples/embedded_bot.py", blank_database_url]
    spoken = "Is anyone here?\nAre you there, @echo?\n再见，@echo\n"
    for _ in range(2):  # it finds its users again
        done = subprocess.run(
            command, input=spoken, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "You said: Are you there, @echo?\nYou said: 再见，@echo\n"
