"""The machine that looks for faces is asked of portraits alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from skills.people import faces


def test_a_strip_is_not_drawn_to_the_height_at_which_faces_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(command: list[str], **_how: object) -> object:
        asked.append(command[-2])
        raise OSError

    monkeypatch.setattr(faces, "interpreter", lambda: Path(sys.executable))
    monkeypatch.setattr(faces.subprocess, "run", run)
    assert faces.count(Image.new("RGB", (20_000, 30))) is None
    assert asked == []
    assert faces.count(Image.new("RGB", (590, 826))) is None
    assert asked == ["295"]
