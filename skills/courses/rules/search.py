"""How the catalogue finds words (pure): text is folded once, and found by its pairs of characters.

Chinese writes no blanks between words, and a dictionary of words does not know next year's. So every pair of neighbouring
characters of a text is kept; what somebody looks for is there if all its pairs are and the folded text contains it.
"""

from __future__ import annotations

import unicodedata

MOST_WORDS = 5
MOST_GRAMS = 8


def fold(text: str) -> str:
    """A text as it is compared: full-width as half-width, capitals as small, without accents, blanks as one blank."""
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(c for c in flat if not unicodedata.category(c).startswith(("M", "C")) or c.isspace()).split())


def words(text: str) -> tuple[str, ...]:
    """The words that somebody looks for, folded: at most five, each once."""
    return tuple(dict.fromkeys(fold(text).split()))[:MOST_WORDS]


def grams(*texts: str) -> frozenset[str]:
    """What folded texts are found by: every character and every pair of neighbours, never across a blank."""
    found: set[str] = set()
    for text in texts:
        for word in text.split():
            found |= set(word)
            found |= {word[i : i + 2] for i in range(len(word) - 1)}
    return frozenset(found)


def asked(word: str) -> tuple[str, ...]:
    """By which grams a folded word is looked for: its pairs, or itself if it is one character."""
    pairs = dict.fromkeys(word[i : i + 2] for i in range(len(word) - 1))
    return tuple(pairs)[:MOST_GRAMS] or (word,)
