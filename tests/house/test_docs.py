"""The pages of docs/ that are made from the code are what the code says now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from skills.kernel.acts import KEEPS
from skills.vouchers.states import Event
from skills.web.i18n import catalogue

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


def test_every_act_has_its_words_and_no_words_are_left_over() -> None:
    written = set()
    for path in (ROOT / "skills").rglob("*.py"):
        written |= set(re.findall(r'(?:@action\(|act\.note\()\s*"([a-z_.]+)"', path.read_text("utf-8")))
    written |= {f"ledger.{event}" for event in Event} | {"key.made", "key.rotated", "key.compromised", KEEPS}
    told = {code.removeprefix("act.") for code in catalogue() if code.startswith("act.")}
    assert written - told == set(), "give them words in skills/locales/acts.toml"
    assert told - written == set(), "no action writes these"


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_links_of_the_front_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (ROOT / target).exists(), f"{page}: {target}"


def test_what_is_said_to_show_something_is_there() -> None:
    """docs/shown.md names tests: each exists, and stands in the soak just where the page says so."""
    named = re.findall(r"`(\w+)/(test_\w+)::(\w+)`( \(soak\))?", (ROOT / "docs/shown.md").read_text("utf-8"))
    assert len(named) > 100
    for room, file, name, soak in named:
        text = (ROOT / "tests" / room / f"{file}.py").read_text("utf-8")
        found = re.search(rf"((?:^@.*\n)*)^def test_{name}\(|^{name} = (.*)", text, re.MULTILINE)
        assert found, f"{room}/{file}::{name}"
        assert ("mark.soak" in "".join(found.groups(""))) == bool(soak), f"{room}/{file}::{name}"
