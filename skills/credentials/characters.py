"""Which characters a certificate can bear, for whoever writes a text down that one will show: the linter refuses it only at the issue."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from skills.credentials import fonts
from skills.credentials.lint.draft import MARKUP, UNPLACED, UNSEEN, named


def unfit(text: str) -> tuple[str, ...]:
    """What of a text no certificate can bear, each once and as it is told to people: 𬗖（U+2CC56）.

    What no installed font draws (L006), what nobody sees (L004), what has no place in Unicode (L005), markup (L008).
    """
    wrong = [c for c in dict.fromkeys(text) if not _fits(c)]
    return tuple(named(part) for part in dict.fromkeys([*wrong, *MARKUP.findall(text)]))


def unfit_among(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """`unfit` of many texts, by whatever names them; of those alone that have something. All letters are looked at first: few are rare."""
    letters = set().union(*texts.values())
    if "&" not in letters and all(map(_fits, letters)):
        return {}
    return {name: wrong for name, text in texts.items() if (wrong := unfit(text))}


@lru_cache(maxsize=1 << 16)
def _fits(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN | UNPLACED and not MARKUP.match(character) and not fonts.missing(character)
