"""The pages of docs/ that are made from the code are what the code says now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_made_pages_are_fresh() -> None:
    """Runs in a process of its own: machines of test modules must not stand in the pages."""
    code = (
        "from pathlib import Path; from skills.describe import pages;"
        "held = {n for n, t in pages().items() if Path('docs', n).read_text('utf-8') != t};"
        "print(sorted(held)); raise SystemExit(bool(held))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make docs`: {done.stdout} {done.stderr[-400:]}"


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_links_of_the_front_pages_lead_somewhere(page: str) -> None:
    import re

    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (ROOT / target).exists(), f"{page}: {target}"
