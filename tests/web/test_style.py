"""The look keeps its promises: readable colours, old browsers, no inline style, small files, both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).parents[2]
SITE = ROOT / "static" / "site"
TEMPLATES = ROOT / "templates"
SHEETS = sorted(SITE.glob("*.css"))
PAGES = sorted(p for p in TEMPLATES.rglob("*.html") if p.relative_to(TEMPLATES).parts[0] != "paper")
OURS = [p for p in PAGES if p.relative_to(TEMPLATES).parts[0] in ("layout", "desk")] + [
    TEMPLATES / "credentials" / "verify.html"
]

TEXT_ON_PAPER = ("ink", "ink2", "mute", "brand", "brand2", "gold", "ok", "warn", "bad", "idle")
TINTS = (("ok", "ok-bg"), ("warn", "warn-bg"), ("bad", "bad-bg"), ("idle", "idle-bg"), ("brand", "brand-bg"),
         ("gold", "gold-bg"), ("ink", "brand-bg"), ("ink", "ok-bg"), ("ink", "warn-bg"), ("ink", "bad-bg"),
         ("ink2", "sunk"), ("mute", "sunk"), ("on-brand", "brand"), ("on-brand", "brand2"), ("surface", "bad"),
         ("on-night", "night"), ("on-night2", "night"), ("star", "night"), ("on-night", "night2"), ("star", "night2"),
         ("on-night2", "night2"))  # fmt: skip
SHAPES = ("edge", "c1", "c2", "c3", "c4", "c5", "gold-line", "brand")


def text(path: Path) -> str:
    return path.read_text("utf-8")


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


def tokens(dark: bool) -> dict[str, str]:
    """Colours by name; the dark set stands over the light one, as in a browser."""
    css = without_comments(text(SITE / "site.css"))
    sets = re.findall(r":root\s*\{([^}]*)\}", css)
    light = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{3,6})\b", sets[0]))
    over = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{3,6})\b", sets[1]))
    assert len(light) > 30
    assert len(over) > 25
    return {**light, **over} if dark else light


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules(css: str) -> list[tuple[str, str]]:
    """Selector and declarations of every innermost block."""
    return [(s.strip(), body) for s, body in re.findall(r"([^{}]+)\{([^{}]*)\}", without_comments(css))]


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFF", "#FFFFFF") == pytest.approx(1)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "bg"])
@pytest.mark.parametrize("ink", TEXT_ON_PAPER)
def test_text_on_paper_is_readable(ink: str, ground: str, dark: bool) -> None:
    colours = tokens(dark)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TINTS)
def test_text_on_tints_is_readable(ink: str, ground: str, dark: bool) -> None:
    colours = tokens(dark)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("shape", SHAPES)
def test_lines_and_bars_stand_out(shape: str, dark: bool) -> None:
    colours = tokens(dark)
    assert contrast(colours[shape], colours["surface"]) >= 3


def test_verdict_words_are_readable_in_every_state() -> None:
    grounds = [
        (selector, found.group(1))
        for selector, body in rules(text(SITE / "verify.css"))
        if selector.startswith(".verdict") and (found := re.search(r"background:\s*(#[0-9A-Fa-f]{6})\b", body))
    ]
    assert len(grounds) >= 5
    for selector, ground in grounds:
        assert contrast("#FFFFFF", ground) >= 7, selector


def test_every_state_of_a_certificate_has_its_own_drawing() -> None:
    macros = text(TEMPLATES / "layout" / "macros.html")
    block = macros[macros.index("{% set marks = {") : macros.index("{% macro mark(")]
    drawn = dict(re.findall(r'"([A-Z_]+)": \'(.*)\'', block))
    words = text(ROOT / "static" / "credentials" / "words.js")
    chinese, english = words.split("const en = {")
    states = set(re.findall(r"^\s+([A-Z_]{3,}): \[", chinese, re.M))
    assert states, "words.js no longer lists its states"
    assert states == set(re.findall(r"^\s+([A-Z_]{3,}): \[", english, re.M))
    assert states == set(drawn)
    assert len(set(drawn.values())) == len(drawn)
    css = text(SITE / "verify.css")
    for state in states:
        assert f".verdict[data-state={state}] [data-mark={state}]" in css


def test_the_shell_has_every_part_its_script_fills() -> None:
    shell = text(TEMPLATES / "credentials" / "shell.html")
    script = "".join(text(ROOT / "static" / "credentials" / name) for name in ("shell.js", "scan.js"))
    asked = set(re.findall(r'(?:part|getElementById)\("([\w-]+)"\)', script))
    assert {"verdict", "facts", "steps", "age", "lookup", "finder", "album"} <= asked
    for name in asked - {"ladder"}:
        assert re.search(rf'\sid="{name}"', shell), name
    assert 'id="ladder", ids=true' in shell
    assert 'class="why"' in shell


def test_the_shell_speaks_both_languages_and_names_no_cookie_form() -> None:
    shell = text(TEMPLATES / "credentials" / "shell.html")
    assert re.findall(r"[\u4e00-\u9fff]+", "".join(words_without_say(shell))) == ["中文"]
    assert "csrf_token" not in shell


def test_the_words_of_both_languages_have_the_same_names() -> None:
    """Every key of the one stands in the other, in the same order."""
    zh, en = text(ROOT / "static" / "credentials" / "words.js").split("const en = {")
    keys = [re.findall(r"(?m)^\s+(\w+):|(?<=[{,] )(\w+): (?=[\"\[(`{])", side) for side in (zh.split("const zh = {")[1], en)]
    named = [[one or other for one, other in side] for side in keys]
    assert len(named[0]) > 60
    assert named[0] == named[1]


FORBIDDEN = {
    "nested rules": r"(?m)^\s*&",
    ":has()": r":has\(",
    "container queries": r"@container|container-type",
    "cascade layers": r"@layer",
    "color-mix()": r"color-mix\(",
    "oklch()": r"okl(ch|ab)\(",
    "aspect-ratio": r"[^-]aspect-ratio\s*:",
    "inset": r"(?<![\w-])inset\s*:",
    "dynamic viewport units": r"\d(d|s|l)v[hw]\b",
    "web fonts": r"@font-face",
    "imports": r"@import",
    "other hosts": r"url\(\s*[\"']?(https?:)?//",
}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
@pytest.mark.parametrize("feature", FORBIDDEN)
def test_sheets_stay_within_old_browsers(sheet: Path, feature: str) -> None:
    assert not re.search(FORBIDDEN[feature], without_comments(text(sheet)))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_no_gap_in_flex_boxes(sheet: Path) -> None:
    """Safari 14.0 ignores it there, and things would stick together."""
    for selector, body in rules(text(sheet)):
        if re.search(r"display:\s*(inline-)?flex", body):
            assert not re.search(r"(?<![\w-])(row-|column-)?gap\s*:", body), selector


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_sheets_are_small(sheet: Path) -> None:
    assert sheet.stat().st_size <= 32 * 1024


def test_every_token_in_use_exists() -> None:
    known = set(re.findall(r"--([\w-]+)\s*:", text(SITE / "site.css")))
    used = {name for sheet in SHEETS for name in re.findall(r"var\(--([\w-]+)", text(sheet))}
    assert used == known


def test_large_type_has_no_small_letters() -> None:
    """18 px at least: the root is 112.5 % and no token of text stays below 1rem; no size of text is given in px."""
    css = without_comments(text(SITE / "site.css"))
    elder = next(body for selector, body in rules(css) if selector == ".elder")
    assert re.search(r"font-size:\s*112\.5%", elder)
    sizes = dict(re.findall(r"--(t\d):\s*([\d.]+)rem", elder))
    assert set(sizes) == {f"t{n}" for n in range(8)}
    assert all(float(size) >= 1 for size in sizes.values())
    for sheet in SHEETS:
        for selector, body in rules(text(sheet)):
            for size, unit in re.findall(r"font(?:-size)?:[^;]*?(?<![\w.-])([\d.]+)(px|rem)", body):
                assert unit == "rem", f"{sheet.name}: {selector}"
                assert float(size) >= 1, f"{sheet.name}: {selector}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_braces_match(sheet: Path) -> None:
    css = without_comments(text(sheet))
    assert css.count("{") == css.count("}")


@pytest.mark.parametrize("template", PAGES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_templates_obey_the_content_policy(template: Path) -> None:
    source = text(template)
    assert not re.search(r"<[^>{]*\sstyle\s*=", source), "inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "inline handler"
    assert not re.search(r"<style\b", source), "style element"
    assert not re.search(r"<script(?![^>]*\ssrc=)", source), "inline script"
    assert not re.search(r"(?:src|action)=[\"']https?://", source), "third party"


def words_without_say(source: str) -> list[str]:
    """Han text that a page shows outside of any expression."""
    lexed = Environment(autoescape=True).lex(source)
    return [value for _, kind, value in lexed if kind == "data" and re.search(r"[\u4e00-\u9fff]", value)]


def test_words_without_say_are_found() -> None:
    assert words_without_say('<p>你好</p>{{ say("再见", "Bye") }}') == ["<p>你好</p>"]


@pytest.mark.parametrize("template", OURS, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_layout_speaks_both_languages(template: Path) -> None:
    """Han text stands only in say(zh, en); the way to the other language is named in that language."""
    shown = "".join(words_without_say(text(template)))
    assert re.findall(r"[\u4e00-\u9fff]+", shown) in ([], ["中文"])


@pytest.mark.parametrize("template", PAGES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_icons_in_use_are_drawn(template: Path) -> None:
    drawn = set(re.findall(r'^  "([\w-]+)": \'<', text(TEMPLATES / "layout" / "icons.html"), re.M))
    assert len(drawn) > 40
    asked = set(re.findall(r'\bicon\("([\w-]+)"', text(template)))
    for name, at in (("link_button", 3), ("tile", 1), ("post_button", 3), ("button", 2)):
        for call in Environment(autoescape=True).parse(text(template)).find_all(nodes.Call):
            called = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
            if called == name and len(call.args) > at and isinstance(call.args[at], nodes.Const):
                asked.add(str(call.args[at].value))
    assert asked - {"None"} <= drawn


def test_error_pages_say_what_happened_and_what_to_do() -> None:
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    for lang in ("zh", "en"):
        env.globals.update(
            say=lambda zh, en, lang=lang: zh if lang == "zh" else en, lang=lang, asset=lambda path: f"/static/{path}"
        )
        seen = set()
        for code in ("400", "403", "404", "405", "413", "429", "500", "503"):
            html = env.get_template(f"layout/errors/{code}.html").render()
            assert code in html
            assert ("您可以：" if lang == "zh" else "What to do:") in html
            assert 'href="/help"' in html
            main = html[html.index("<main") : html.index("</main>")]
            assert bool(re.search(r"[\u4e00-\u9fff]", main)) == (lang == "zh")
            seen.add(re.search(r"<h1>(.*?)</h1>", html).group(1))  # type: ignore[union-attr]
        assert len(seen) == 8
