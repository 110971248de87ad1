"""What of a text a certificate cannot bear, told to whoever writes it down: the linter refuses it only at the issue."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import cbor2

from skills.credentials import cose, fonts
from skills.credentials.claims import Claims
from skills.credentials.lint.carried import AROUND, MOST_ADDRESS
from skills.credentials.lint.draft import ADDRESS, DOCUMENT, MARKUP, UNPLACED, UNSEEN, named
from skills.kernel.clock import shanghai_day
from skills.people.rules import mask_document

_WIDEST = 1 << 16  # the least index in the status lists that takes as many bytes as any: which one is drawn nobody knows before
_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
_PARTS = frozenset("&:0123456789")  # of markup, addresses, long numbers


def unfit(text: str) -> tuple[str, ...]:
    """What of a text no certificate can bear, each once and as it is told to people: 𬗖（U+2CC56）. Empty: the linter lets it pass.

    What nobody sees (L004), what has no place in Unicode (L005), what no installed font draws (L006), stray blanks (L007),
    markup (L008), addresses (L046), what could be a document number, masked (L047).
    """
    wrong = [c for c in dict.fromkeys(text) if not _fits(c)]
    stray = [c for c in (text[:1], text[-1:], *(" " if "  " in text else "")) if c.isspace()]
    told = [named(part) for part in (*wrong, *stray, *MARKUP.findall(text), *ADDRESS.findall(text))]
    return tuple(dict.fromkeys([*told, *map(mask_document, DOCUMENT.findall(text))]))


def unfit_among(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """`unfit` of many texts, by whatever names them; of those alone that have something.

    Their letters are looked at together first: only a text with one that is unfit, or could be part of what is longer, is read by itself.
    """
    suspects = {c for c in set().union(*texts.values()) if c in _PARTS or c.isspace() or not _fits(c)}
    if not suspects:
        return {}
    return {name: wrong for name, text in texts.items() if not suspects.isdisjoint(text) and (wrong := unfit(text))}


def taken(name: str) -> int:
    """Bytes that a name takes in the code of a certificate."""
    return len(cbor2.dumps(name))


@lru_cache(maxsize=1 << 12)
def room_for_name(public_base: str, number: str, occupation: str, award: str) -> int:
    """Bytes that the holder's name may take (`taken`) in the code of a certificate of completion with a number like this: with more
    the linter refuses it (L044). Negative: no name at all fits.
    """
    claims = Claims("completion", number, "-", "", "", "", shanghai_day(_DAY), occupation_code=occupation, award=award)
    rest = len(cbor2.dumps(cose.payload_of(claims, _WIDEST, _DAY), canonical=True)) - taken("-")
    letters = MOST_ADDRESS - len(cose.qr_url(public_base, number, b""))
    return letters * 3 // 4 - AROUND - rest  # four letters hold three bytes


@lru_cache(maxsize=1 << 16)
def _fits(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN | UNPLACED and not MARKUP.match(character) and not fonts.missing(character)
