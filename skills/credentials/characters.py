"""Which characters a certificate can bear, for whoever writes a text down that one will show: the linter refuses it only at the issue."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from skills.credentials import fonts
from skills.credentials.lint.draft import MARKUP, UNPLACED, UNSEEN, named


def unfit(text: str) -> tuple[str, ...]:
    """What of a text no certificate can bear, each once and as it is told to people: 𬗖（U+2CC56）.

    What no installed font draws (L006), what nobody sees (L004), what has no place in Unicode (L005), markup (L008).
    """
    wrong = [c for c in dict.fromkeys(text) if not _fits(c)]
    return tuple(named(part) for part in dict.fromkeys([*wrong, *MARKUP.findall(text)]))


@lru_cache(maxsize=1 << 16)
def _fits(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN | UNPLACED and not fonts.missing(character)
