"""The kinds of returns. A room above registers its own, so that nothing here knows what a row means."""

from __future__ import annotations

from skills.kernel.errors import Missing
from skills.returns.rules import Kind

FILE = "return.file"  # what filing for an organisation needs
KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Offer a kind of return. Raises ValueError if the name is taken."""
    if kind.name in KINDS:
        raise ValueError(f"the kind of return {kind.name} is declared twice")
    KINDS[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises Missing("return_kind.unknown")."""
    if name not in KINDS:
        raise Missing("return_kind.unknown")
    return KINDS[name]
