"""Finds words in code and documentation for which the project has a standard term. Fails if it finds any.

    python -m scripts.words

A pattern matches whole words and parts of snake_case and camelCase names, in any case. A space in a pattern
matches spaces, line breaks, hyphens and underscores. Words with an ordinary meaning in prose are searched in
names only. Names of tests count as prose.
"""

import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scripts.house import ROOT, tracked

SOURCES = ("*.py", "*.ts", "*.tsx", "*.md")
# Tests of migrations use the old names of columns and values.
NOT_SEARCHED = re.compile(r"scripts/words\.py|tests/test_words\.py|tests/migrations/|tests/golden/")

PEOPLE = r"(reviewers?|annotators?|persons?|people|they|others|(some|no|any|every)(body|one)|who(ever)?)"
WHOSE = r"(((reviewer|annotator|person|upload|some(body|one)|no(body|one)|job)'s|reviewers'|people's)|whose)"
PYTHON = ("mslg_", "store", "api", "worker", "cli", "benchmarks", "scripts", "tests")

# Comments, strings and the text between tags. Template strings stay, because most of them contain names.
NO_NAMES_IN_TYPESCRIPT = re.compile(r"""//.*|/\*[\s\S]*?\*/|"[^"\n]*"|'[^'\n]*'|(?<!=)>[^<>{}=;]*(?=[<{])""")


class Rule(NamedTuple):
    """`standard` replaces what matches `pattern`, in files whose path starts with one of `paths`."""

    pattern: str
    standard: str
    names_only: bool = False
    paths: tuple[str, ...] = ("",)


class Allowed(NamedTuple):
    """An exception from all rules, in files whose path starts with `path`."""

    pattern: str
    reason: str
    path: str = ""


class Finding(NamedTuple):
    """A match. Lines count from 1."""

    path: Path
    line: int
    text: str
    standard: str


RULES = (
    Rule("says?|words?", "decision", names_only=True),
    Rule("said|saying", "decision, decided"),
    Rule(f"{PEOPLE} (have |has |had )?says?", "decides"),
    Rule(f"({WHOSE}|newest|latest|right) words?|words? (decides?|counts?|on (one|many|some))", "decision"),
    Rule("last words?", "adjudication"),
    Rule("speakers?", "reviewer"),
    Rule("voices?", "vote"),
    Rule("standing|stands?(?! (for|in|between|beside|alone|out))", "active"),
    Rule("doubt(s|ful)?", "suspected label error"),
    Rule("second looks?", "re-review"),
    Rule("members?", "archive entry", paths=("mslg_core/datasets", "tests/mslg_core/datasets")),
    Rule("(archive|max) members?|members? of (an|one|the) archive", "archive entry"),
    Rule("watch(ed|es|er|ing)?", "prediction history", paths=("mslg_core", "tests/mslg_core", "worker")),
    Rule(r"look[_-]?alikes?", "nearest neighbour"),
    Rule("leads", "nearest neighbour", names_only=True),
    Rule(r"read[_-]?outs?", "leave-one-out ridge prediction"),
    Rule("(drawn|picked|chosen|picks?|draws?|drew) by chance|chance (draws?|drew|decides?|picks?)", "random"),
    Rule("chance|by chance", "random sampling", names_only=True),
    Rule("pick(s|ed|er|ers|ing)?", "sample, sampler", names_only=True, paths=PYTHON),
    Rule("fair", "random", names_only=True),
    Rule("fair (draw|meta|sample|set|verified)|(led|picked) by ranking|learn only", "random, ranked"),
    Rule("ask", "query", names_only=True),
    Rule("led(?! to)|unled", "with suggestion, without suggestion"),
    Rule("bake offs?", "model selection"),
    Rule("witness(es)?", "source of evidence"),
    Rule("outside", "transform_new", names_only=True, paths=("mslg_core", "benchmarks")),
    Rule("descend(s|ed|ing)?", "optimizer step"),
    Rule("describ(e|es|ed|ing)", "extract features", names_only=True, paths=("mslg_core/features",)),
    Rule("describ(e|es|ed|ing) ((the|every|all|other|its|each|new) )?images?", "extract features"),
    Rule("(images?|each) (that )?(is|are|was|were) (not )?described", "extract features"),
    Rule("described (once|together)", "extract features"),
)
ALLOWED = (
    Allowed("that said|said to be|in doubt|no doubt|in words", "ordinary English"),
    Allowed("needs? a second look", "ordinary English, not the queue"),
    Allowed("beyond chance", "the statistical term", "store/statistics/"),
    Allowed("break words", "a class of Tailwind CSS", "frontend/"),
    Allowed("verdict_stands", "a constraint of existing databases", "store/models/"),
    Allowed("duplicate_member", "an error code that is stored with rejections"),
    Allowed("descending", "the order of a sort"),
    Allowed("doubts", "a key of the checkpoints that are stored already", "mslg_core/training/checkpoint.py"),
    Allowed("archive.members", "tarfile's own attribute", "mslg_core/datasets/archives/"),
    Allowed("watch", "a stopwatch", "tests/mslg_core/training/test_eta.py"),
    Allowed('"watch"', "a key of the checkpoints that are stored already", "mslg_core/training/"),
)


def compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression for a pattern, see the module's docstring."""
    spaced = pattern.replace(" ", r"[\s_\-#*/]*")
    return re.compile(rf"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:{spaced})(?![a-z]|(?<=[A-Z])[A-Z])")


def names_only(path: Path, text: str) -> str:
    """The text with everything but names replaced by spaces. Names of tests are replaced too."""
    if path.suffix == ".md":
        return re.sub(r"[^\n]", " ", text)
    if path.suffix != ".py":
        return NO_NAMES_IN_TYPESCRIPT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    lines = [[" "] * len(line) for line in text.split("\n")]
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and not token.string.startswith("test_"):
            lines[token.start[0] - 1][token.start[1] : token.end[1]] = token.string
    return "\n".join(map("".join, lines))


def search(path: Path, text: str) -> Iterator[Finding]:
    """Findings in one file, rule by rule."""
    allowed = [
        found.span()
        for entry in ALLOWED
        if str(path).startswith(entry.path)
        for found in compiled(entry.pattern).finditer(text)
    ]
    names = names_only(path, text)
    for rule in RULES:
        if not str(path).startswith(rule.paths):
            continue
        for found in compiled(rule.pattern).finditer(names if rule.names_only else text):
            if not any(start <= found.start() and found.end() <= end for start, end in allowed):
                line = text.count("\n", 0, found.start()) + 1
                yield Finding(path, line, " ".join(found[0].split()), rule.standard)


def findings() -> list[Finding]:
    """Findings in all files that git tracks, sorted by path and line."""
    return sorted(
        finding
        for path in tracked(*SOURCES)
        if not NOT_SEARCHED.match(str(path))
        for finding in search(path, (ROOT / path).read_text(encoding="utf-8"))
    )


def main() -> None:
    """Print the findings. Exits with status 1 if there are any."""
    found = findings()
    for path, line, text, standard in found:
        print(f"{path}:{line}: {text!r}, standard: {standard}")
    print(f"{len(found)} words have a standard term." if found else "All words are standard terms.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
