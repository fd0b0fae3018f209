"""Names near to a misspelt one, as commander chooses them: the messages of both command lines are the same."""

from __future__ import annotations

from collections.abc import Iterable

MOST_EDITS = 3
LEAST_SIMILARITY = 0.4


def suggestion(word: str, names: Iterable[str]) -> str:
    """A line that follows the message, or nothing."""
    prefix = "--" if word.startswith("--") else ""
    best = MOST_EDITS
    similar: list[str] = []
    for name in dict.fromkeys(name[len(prefix) :] for name in names):
        edits = distance(word[len(prefix) :], name)
        length = max(len(word) - len(prefix), len(name))
        if len(name) <= 1 or edits > best or (length - edits) / length <= LEAST_SIMILARITY:
            continue
        similar = [name] if edits < best else [*similar, name]
        best = edits
    shown = ", ".join(prefix + name for name in sorted(similar))
    if not similar:
        return ""
    return f"\n(Did you mean {'one of ' if len(similar) > 1 else ''}{shown}?)"


def distance(one: str, other: str) -> int:
    """The optimal string alignment distance, exact up to ``MOST_EDITS``."""
    if abs(len(one) - len(other)) > MOST_EDITS:
        return max(len(one), len(other))
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right)))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]
