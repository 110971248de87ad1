"""Canonical N-Quads by a prepared form (pure): RDFC-1.0 is gone through once for a shape, and then only filled in.

A shape is the document with a marker for each free value. Free are texts and addresses that JSON-LD takes over letter by
letter; every other value, each key, the order and the length of lists belong to the shape. What the values decide is done
for each document: the hash of each blank node over its own quads, by which blank nodes are numbered, and the order of quads.
That is the whole of RDFC-1.0 so long as no two of these hashes are the same; if two are, there is no answer here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pyld.nquads import escape

# Bounded, for shapes that are seen once must not fill the memory of a server: the house has about twenty.
MOST_SHAPES = 64
TEXTS = frozenset(
    {
        "name", "description", "narrative", "humanCode", "specialization", "identityHash", "url", "created", "validFrom",
        "validUntil", "awardedDate", "statusListIndex", "encodedList",
    }
)  # fmt: skip
ADDRESSES = frozenset({"id", "issuer", "verificationMethod", "statusListCredential"})
# Nothing that JSON-LD would resolve, shorten or take for a blank node: each is its own IRI, letter by letter.
_HTTP = re.compile(r"https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9._~%-]+)*/?(?:#[A-Za-z0-9._~-]+)?")
_DID = re.compile(r"did:web:[A-Za-z0-9.%-]+(?:#[A-Za-z0-9._~-]+)?")
_MARK = "slot.invalid"
_TEXT_TERM = re.compile(rf'"{_MARK}/(\d+)"(.*)')
_ADDRESS_TERM = re.compile(rf"<(?:https://{_MARK}/|did:web:{_MARK}#)(\d+)>")
_QUAD = re.compile(r'(<[^>]*>|_:c14n\d+) (<[^>]*>) (<[^>]*>|_:c14n\d+|".*"\S*) \.')


class _Unprepared(Exception):
    """Something that no form is prepared for."""


@dataclass(frozen=True)
class _Quad:
    """A quad of a form. Subject and object are names (`$3` a free value, `_:c14n0` a blank node) or stand as they are."""

    subject: str
    predicate: str
    object: str
    tail: str  # the datatype or language after a literal

    def line(self, names: Mapping[str, str]) -> str:
        return f"{names.get(self.subject, self.subject)} {self.predicate} {names.get(self.object, self.object)}{self.tail} .\n"


@dataclass(frozen=True)
class _Form:
    quads: tuple[_Quad, ...]
    blanks: Mapping[str, tuple[_Quad, ...]]  # each blank node and the quads that name it

    def fill(self, terms: Sequence[str]) -> str | None:
        """The canonical form with these terms for `$0`, `$1`, …; None if two blank nodes look alike."""
        names = {f"${at}": term for at, term in enumerate(terms)}
        names.update(dict.fromkeys(self.blanks, "_:z"))
        hashed: dict[str, str] = {}
        for blank, around in self.blanks.items():
            names[blank] = "_:a"
            hashed[hashlib.sha256("".join(sorted(quad.line(names) for quad in around)).encode()).hexdigest()] = blank
            names[blank] = "_:z"
        if len(hashed) != len(self.blanks):
            return None
        names.update({blank: f"_:c14n{at}" for at, (_, blank) in enumerate(sorted(hashed.items()))})
        lines = {quad.line(names) for quad in self.quads}
        return "".join(sorted(lines)) if len(lines) == len(self.quads) else None


class Forms:
    """The prepared forms, made by `canonical` at the first document of each shape.

    `canonical` gives the N-Quads of a document by the long way; None for one that every reader does not read alike.
    """

    def __init__(self, canonical: Callable[[dict[str, Any]], str | None]) -> None:
        self._canonical = canonical
        self._form = lru_cache(maxsize=MOST_SHAPES)(self._prepare)

    def quads(self, document: Mapping[str, Any]) -> str | None:
        """The canonical N-Quads of a document; None where only the long way can tell."""
        terms: list[str] = []
        try:
            shape = json.dumps(_marked(document, terms), ensure_ascii=False)
            # The same address twice is one node, not two.
            addresses = [term for term in terms if term[0] == "<"]
            if len(set(addresses)) != len(addresses):
                return None
            form = self._form(shape)
        except _Unprepared:
            return None
        return form.fill(terms) if form else None

    def _prepare(self, shape: str) -> _Form | None:
        text = self._canonical(json.loads(shape))
        if text is None:
            return None
        quads = []
        for line in text.splitlines():
            found = _QUAD.fullmatch(line)
            if found is None:
                return None
            quads.append(_Quad(_name(found[1])[0], found[2], *_name(found[3])))
        blanks = {
            name: tuple(quad for quad in quads if name in (quad.subject, quad.object))
            for name in {name for quad in quads for name in (quad.subject, quad.object) if name.startswith("_:")}
        }
        form = _Form(tuple(quads), blanks)
        marks: list[str] = []
        _marked(json.loads(shape), marks)
        used = {name for quad in quads for name in (quad.subject, quad.object)}
        whole = all(f"${at}" in used for at in range(len(marks)))
        return form if whole and form.fill(marks) == text else None


def _name(term: str) -> tuple[str, str]:
    """The name of a canonical term in a form, and what comes after it."""
    if found := _TEXT_TERM.fullmatch(term):
        return f"${found[1]}", found[2]
    if found := _ADDRESS_TERM.fullmatch(term):
        return f"${found[1]}", ""
    return term, ""


def _marked(value: Any, terms: list[str], key: str = "") -> Any:
    """A copy with markers for free values, whose terms are added to `terms`."""
    if isinstance(value, dict):
        return {name: _marked(part, terms, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_marked(part, terms) for part in value]
    if not isinstance(value, str):
        return value
    if key in TEXTS:
        terms.append(f'"{escape(value)}"')
        return f"{_MARK}/{len(terms) - 1}"
    if key in ADDRESSES:
        terms.append(f"<{value}>")
        if _HTTP.fullmatch(value):
            return f"https://{_MARK}/{len(terms) - 1}"
        if _DID.fullmatch(value):
            return f"did:web:{_MARK}#{len(terms) - 1}"
        raise _Unprepared
    if _MARK in value:
        raise _Unprepared
    return value
