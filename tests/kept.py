"""What one process of tests works out once: how statements are written, and how addresses are built.

Both depend on the code alone, never on the data of a test. A world has an engine and an application of its own, which
would work them out again: 0.4 s of every test that asks for all promises, 0.3 s of every test that opens a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

STATEMENTS = 2_000


def for_many(engine: Engine) -> Engine:
    """An engine whose written statements are kept for others: more than an engine keeps for itself."""
    engine._compiled_cache = LRUCache(STATEMENTS)
    return engine


def like(engine: Engine, first: Engine) -> None:
    """Let an engine use the statements that were written for the first, on the same kind of server.

    The dialect is part of the key under which SQLAlchemy keeps a statement, so it has to be the same object.
    """
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


_compile = Rule._compile_builder
_builders: dict[object, Callable[..., tuple[str, str]]] = {}


def _compile_once(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    if self.defaults:  # they are written into the function
        return _compile(self, append_unknown)
    key = (self.rule, tuple(self._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(self, append_unknown)
    return _builders[key]


def keep_builders() -> None:
    """From now on a route that stood in an application before is not compiled again."""
    kind: Any = Rule
    kind._compile_builder = _compile_once
