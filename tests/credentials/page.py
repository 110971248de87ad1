"""Where the browser's files lie, and a look-up that nobody tried before."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parents[2] / "static" / "credentials"


class Untried:
    """Nobody ever tried the last four characters of a number (`pairs.Tries`)."""

    def count(self, number: str) -> bool:
        return True

    def missed(self, number: str) -> None:
        """Forgotten at once."""
