"""A production start with a missing or unsafe setting is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from skills.config import Misconfigured, read

GOOD = {"PUBLIC_BASE": "https://skills.example.cn"}


def test_a_good_production_start(tmp_path: Path) -> None:
    settings = read({**GOOD, "DATA_DIR": str(tmp_path)})
    assert settings.production
    assert settings.secure
    assert settings.host == "skills.example.cn"


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "PUBLIC_BASE"),
        ({"PUBLIC_BASE": "http://skills.example.cn"}, "https"),
        ({"PUBLIC_BASE": "https://skills.example.cn/app"}, "without a path"),
        ({"PUBLIC_BASE": "skills.example.cn"}, "PUBLIC_BASE"),
        ({**GOOD, "SKILLS_ENV": "live"}, "production, demo or test"),
        ({**GOOD, "SKILLS_LIMITS": "off"}, "SKILLS_LIMITS"),
    ],
)
def test_an_unsafe_start_says_what_is_wrong(environ: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=says):
        read({"DATA_DIR": str(tmp_path), **environ})


def test_production_does_not_start_with_a_moved_clock(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("3600")
    with pytest.raises(Misconfigured, match="clock"):
        read({**GOOD, "DATA_DIR": str(tmp_path)})


def test_the_demo_starts_on_the_local_address(tmp_path: Path) -> None:
    settings = read({"SKILLS_ENV": "demo", "DATA_DIR": str(tmp_path)})
    assert settings.public_base == "http://127.0.0.1:8000"
    assert not settings.secure
