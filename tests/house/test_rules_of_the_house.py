"""What the linter cannot say: who may commit, what may not stand in a template, which words must exist."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "skills").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
HOUSEKEEPERS = {
    "skills/kernel/acts.py",
    "skills/kernel/jobs.py",
    "skills/kernel/log.py",
    "skills/kernel/sessions.py",
    "skills/kernel/db.py",
    "skills/migrations/__init__.py",
    "skills/oversight/rehearsal/book.py",  # fills the throw-away copy of a rehearsal, never the database of the office
    "skills/oversight/rehearsal/copied.py",  # makes that copy, and puts a proposed rule in force in it alone
}
HAN = r"[\u4e00-\u9fff]"


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def catalogue() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted((ROOT / "skills/locales").glob("*.toml")):
        found |= tomllib.loads(path.read_text("utf-8"))
    return found


def test_only_the_office_and_named_housekeepers_write() -> None:
    writers = {name(p) for p in SOURCES if re.search(r"\.(commit|begin)\(|\bwriting\(", p.read_text("utf-8"))}
    assert {w for w in writers - HOUSEKEEPERS if "sessions.begin(" not in (ROOT / w).read_text("utf-8")} == set()


def test_only_the_clock_looks_at_the_clock() -> None:
    looks = re.compile(r"datetime\.now\(|utcnow\(|date\.today\(|time\.time\(|uuid4\(")
    assert [name(p) for p in SOURCES if looks.search(p.read_text("utf-8")) and p.name != "clock.py"] == []


def test_no_room_is_called_utils() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert [name(p) for p in SOURCES if p.stem in banned or p.parent.name in banned] == []


def test_every_refusal_has_its_sentences() -> None:
    pattern = re.compile(r"(?:Refusal|Missing|Forbidden|Unavailable|Malformed)\(\s*[\"']([a-z0-9_.]+)[\"']")
    codes = {code for p in SOURCES for code in pattern.findall(p.read_text("utf-8"))}
    assert codes
    assert sorted(codes - set(catalogue())) == []


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_sentence_stands_in_both_languages(code: str) -> None:
    entry = catalogue()[code]
    assert entry.get("zh", "").strip()
    assert entry.get("en", "").strip()
    assert bool(entry.get("zh_do")) == bool(entry.get("en_do"))
    placeholders = [set(re.findall(r"{(\w+)}", entry[part].replace("_en}", "}"))) for part in ("zh", "en")]
    assert placeholders[0] == placeholders[1], f"{code}: the two languages use different facts"


def test_chinese_texts_use_chinese_punctuation() -> None:
    ascii_between = re.compile(f"{HAN}[,:;?!]{HAN}")
    faults = [f"{code}: {text}" for code, entry in catalogue().items() for part, text in entry.items()
              if part.startswith("zh") and ascii_between.search(text)]  # fmt: skip
    faults += [f"{name(p)}: {hit}" for p in TEMPLATES for hit in ascii_between.findall(p.read_text("utf-8"))]
    assert faults == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_keeps_to_the_policy(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.parent.name == "paper":
        return  # printed sheets are never sent to a browser
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline handler"
    assert not re.search(r"(?:src|srcset|action|data)\s*=\s*[\"']https?://|<link[^>]+https?://", text), "third party"


def test_no_file_names_a_machine_or_a_package_host() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    banned = re.compile(r"/ro" + r"ot/|/work/(main|ste)|py" + r"pi\.org|registry\.np" + r"mjs|deb\.deb" + r"ian\.org")
    faults = []
    for line in filter(None, tracked):
        path = ROOT / line
        if path.suffix in {".png", ".pdf", ".woff2", ".ttf", ".bin"} or not path.is_file():
            continue
        if banned.search(path.read_text("utf-8", errors="replace")):
            faults.append(line)
    assert faults == []


@pytest.mark.slow
def test_the_wheel_holds_templates_and_static_files(tmp_path: Path) -> None:
    import zipfile

    subprocess.run(
        [str(Path(__import__("sys").executable)), "-m", "build", "--wheel", "--no-isolation", "-o", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"skills/app.py", "skills/templates/layout/base.html", "skills/static/site/site.css"} <= names
    static = ROOT / "static"  # what make took from a registry, too: it is not in git, but shipped
    assert {f"skills/static/{path.relative_to(static)}" for path in static.rglob("*") if path.is_file()} <= names
    assert any(n.startswith("skills/standards/data/") for n in names)
