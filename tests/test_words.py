"""The check for words that have a standard term."""

from pathlib import Path

import pytest

from scripts.words import findings, search


@pytest.mark.parametrize(
    ("name", "text", "private"),
    [
        (
            "a.py",
            "LAST_WORD = lastWord  # the last\n# word",
            ["LAST_WORD", "WORD", "Word", "last # word", "lastWord"],
        ),
        ("a.md", "Second looks, drawn by chance.", ["Second looks", "drawn by chance"]),
        ("a.md", "Nobody who verifies is led: the reviewer says so.", ["led", "reviewer says"]),
        ("a.py", "def say(word): pass", ["say", "word"]),
        ("a.tsx", "const word: Said = inTurn;", ["Said", "word"]),
        ("a.tsx", "<SecondLook />", ["SecondLook"]),
        ("mslg_core/features/a.py", "def describe(images): ...", ["describe"]),
    ],
)
def test_private_words_are_found_in_names_and_in_prose(name: str, text: str, private: list[str]) -> None:
    assert sorted({finding.text for finding in search(Path(name), text)}) == private


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "The error says what to do. In a word: ask again. A stand-in stands for it."),
        ("a.py", "def test_a_wrong_file_says_so(password): 'Say why, in words. Understood by chance.'"),
        ("a.tsx", "// the chart leads there\nconst t = <p>Say a word, ask</p>;"),
        ("a.md", "Outside, a team member describes an API. Samples that look alike led to it."),
        ("a.md", "No verified labels need a second look."),
    ],
)
def test_ordinary_english_is_left_alone(name: str, text: str) -> None:
    assert list(search(Path(name), text)) == []


def test_the_project_uses_its_standard_terms() -> None:
    assert findings() == []
