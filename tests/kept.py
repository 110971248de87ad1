"""What one process of tests works out once: how statements are written, how addresses are built, how pages are composed.

All three depend on the code alone, never on the data of a test. A world has an engine and an application of its own, which
would work them out again: 0.4 s of every test that asks for all promises, 0.3 s of every test that opens a page, and 0.1 s
of the first page alone for its templates.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
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


class _Templates(BytecodeCache):
    """Compiled templates by name and digest of their source: a template that was changed is compiled again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


def keep_templates() -> None:
    """From now on a template that an application composed before is not compiled again."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Templates()}
