"""A process that dies in the middle of an act: before any statement, or after the commit with its answer lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Killed(BaseException):
    """The process is gone. Not an Exception: nothing in the house may catch it and go on."""


@contextmanager
def killed_before(engine: Engine, statement: int) -> Iterator[None]:
    """Within the block the process dies before its n-th statement, counted from 0; a shorter act lives."""
    left = statement

    def count(*_: Any) -> None:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)
