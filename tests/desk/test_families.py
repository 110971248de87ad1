"""The page of the rules lists every founding row under a heading: a row of a new family would stop the page."""

from __future__ import annotations

import tomllib
from pathlib import Path

import skills.standards
from skills.desk.views.policies import FAMILIES


def test_every_founding_row_of_policy_has_a_family() -> None:
    folder = Path(skills.standards.__path__[0], "data")
    names = {name for path in folder.glob("policy_*.toml") for name in tomllib.loads(path.read_text("utf-8"))}
    assert len(names) > 100
    assert {name for name in names if name.split(".")[0] not in FAMILIES} == set()
