"""Where the browser's files lie."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parents[2] / "static" / "credentials"
