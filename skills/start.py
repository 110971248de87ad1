"""Reading the house when a process starts."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reading() -> Iterator[None]:
    """The block reads the house: what it makes stays, so the collector need not look through it, now or later.

    It would do so dozens of times, for a fifth of the time that reading takes. Nothing happens if the house is read already.
    """
    if "skills.app" in sys.modules:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        settle()


def settle() -> None:
    """What there is by now stays: the collector need not look through it."""
    gc.freeze()
