"""The product's documents are cut at headings, and searched in both languages."""

from pathlib import Path

import pytest

from trialogue.ai import documents
from trialogue.ai.documents import Index, Passage

TEXT = """# Guide

Welcome.

## Install

Take a machine.

```sh
# not a heading
run me
```

## Use

### Talk

Say [hello](../talk.md) to [all](https://example.com).
"""


def test_a_document_is_cut_at_its_headings() -> None:
    found = list(documents.cut("guide.md", TEXT))
    assert [passage.heading for passage in found] == [
        "Guide",
        "Guide › Install",
        "Guide › Use › Talk",
    ]
    assert "# not a heading" in found[1].text


def test_a_long_passage_is_cut_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {n}. " + "word " * 60 for n in range(12)]
    found = list(documents.cut("long.md", "# Long\n\n" + "\n\n".join(paragraphs)))
    assert len(found) > 2
    assert all(len(passage.text) <= documents.LONGEST for passage in found)
    assert "\n\n".join(passage.text for passage in found) == "\n\n".join(paragraphs).strip()


def test_links_into_the_repository_and_pictures_are_taken_out(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(f"![x](y.png)\n\n{TEXT}")
    texts = "".join(passage.text for passage in documents.load(tmp_path))
    assert "Say hello to [all](https://example.com)." in texts
    assert "y.png" not in texts


def test_the_documents_of_the_product_are_there() -> None:
    sources = {passage.source for passage in documents.load()}
    assert {"README.md", "README.zh.md", "docs/guide/embed.md"} <= sources


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("How do I embed it in my program?", "docs/guide/embed.md"),
        ("What does reads.mark do?", "docs/reference/protocol.md"),
        ("怎么在程序中使用?", "README.zh.md"),
    ],
)
def test_a_question_finds_its_document(question: str, source: str) -> None:
    found = documents.index().search(question)
    assert source in {passage.source for passage in found}


@pytest.mark.parametrize("question", ["", "Who is the king of Sweden?", "why", "请问怎么可以吗"])
def test_a_question_about_something_else_finds_nothing(question: str) -> None:
    assert documents.index().search(question) == []


def test_without_documents_nothing_is_found(tmp_path: Path) -> None:
    assert Index(documents.load(tmp_path)).search("anything") == []


def test_a_rare_word_says_more_than_a_frequent_one() -> None:
    passages = [Passage("a", "A", "room room"), *[Passage("b", "B", "room") for _ in range(5)]]
    passages.append(Passage("c", "C", "room zebra"))
    assert Index(passages).search("room zebra", most=1) == [passages[-1]]
