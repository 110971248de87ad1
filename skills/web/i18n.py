"""Two languages: words stand side by side where they are used; refusals have their sentences in the catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from skills.kernel.clock import SHANGHAI
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Sentence:
    """What is said about a code: the sentence and what would turn the no into a yes."""

    text: str
    todo: str
    clause: str = ""
    href: str = ""
    link: str = ""


class _Fact:
    """A fact in a sentence: `{day}` as a reader expects it, `{cents:yuan}` as money."""

    def __init__(self, value: object, lang: str) -> None:
        self.value = value
        self.lang = lang

    def __format__(self, form: str) -> str:
        if form == "yuan" and isinstance(self.value, int):
            return yuan(self.value)
        return show(self.value, self.lang)


class _Facts(dict[str, _Fact]):
    """Facts that fill a sentence; a fact that is not given stays visible as its name."""

    def __missing__(self, key: str) -> _Fact:
        return _Fact(f"〔{key}〕", "")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every sentence, by code, from `skills/locales/*.toml`. Raises ValueError if a code stands twice."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted((Path(__file__).parents[1] / "locales").glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"{code} stands twice in the catalogue ({path.name})")
            found[code] = entry
    return found


class _Open(_Facts):
    """Facts of no case in particular."""

    def __missing__(self, key: str) -> _Fact:
        return _Fact("…", "")


def general(code: str, facts: Mapping[str, object], lang: str) -> Sentence:
    """The sentence for a code apart from any case, as a list of rules gives it: what no fact is given for is left open."""
    return _said(code, _Open({k: _Fact(v, lang) for k, v in facts.items()}), lang)


def sentence(code: str, facts: Mapping[str, object], lang: str) -> Sentence:
    """The sentence for a code in a language; an unknown code names itself."""
    return _said(code, _Facts({k: _Fact(v, lang) for k, v in facts.items()}), lang)


def _said(code: str, filled: _Facts, lang: str) -> Sentence:
    entry = catalogue().get(code)
    if entry is None:
        return Sentence(code, "")
    return Sentence(
        entry[lang].format_map(filled),
        entry.get(f"{lang}_do", "").format_map(filled),
        entry.get("clause", "").format_map(_Facts({"policy": _Fact("", lang), **filled})),  # noes of earlier days do not say which
        "" if "〔" in (href := entry.get("href", "").format_map(filled)) else href,
        entry.get(f"{lang}_link", ""),
    )


def act_words(code: str, lang: str) -> str:
    """What an act is called; a code without words (a plain move of a state table) names itself."""
    entry = catalogue().get(f"act.{code}")
    return code if entry is None else entry[lang]


def acts_named(text: str) -> tuple[str, ...]:
    """The codes of acts whose words, in either language, hold a text."""
    wanted = text.casefold()
    return tuple(
        code.removeprefix("act.")
        for code, entry in catalogue().items()
        if code.startswith("act.") and any(wanted in entry[lang].casefold() for lang in LANGUAGES)
    )


@dataclass(frozen=True)
class Told:
    """A refusal as it is shown: sentence, what to do, and every condition behind it."""

    code: str
    text: str
    todo: str
    clause: str
    findings: tuple[ToldFinding, ...]


@dataclass(frozen=True)
class ToldFinding:
    """One condition as it is shown. `ways`: (words, address) of what it names, for whoever may go there."""

    code: str
    met: bool
    text: str
    todo: str
    clause: str
    ways: tuple[tuple[str, str], ...] = ()


def tell_refusal(refusal: Refusal, lang: str) -> Told:
    """A refusal in a language, with its findings."""
    said = sentence(refusal.code, refusal.facts, lang)
    return Told(refusal.code, said.text, said.todo, said.clause, tell_findings(refusal.findings, lang))


def tell_findings(findings: Iterable[Finding], lang: str) -> tuple[ToldFinding, ...]:
    """Findings in a language."""
    told = []
    for finding in findings:
        said = sentence(finding.code, finding.facts, lang)
        clause = finding.clause or said.clause
        told.append(ToldFinding(finding.code, finding.met, said.text, "" if finding.met else said.todo, clause, _ways(finding.facts, lang)))
    return tuple(told)


def _ways(facts: Mapping[str, object], lang: str) -> tuple[tuple[str, str], ...]:
    """A fact `x_url` is the address of what the fact `x` names (`x_en` in English)."""
    named = [(name.removesuffix("_url"), str(url)) for name, url in facts.items() if name.endswith("_url")]
    return tuple((show(facts.get(f"{name}_en" if lang == "en" else name, facts.get(name, "")), lang), url) for name, url in named)


def show(value: object, lang: str) -> str:
    """A fact as a reader of this language expects it."""
    match value:
        case datetime():
            return moment(value, lang)
        case date():
            return day(value, lang)
        case bool():
            return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][value]
        case list() | tuple() | set() | frozenset():
            return ("、" if lang == "zh" else ", ").join(show(v, lang) for v in value)
        case str() if (kept := _kept_day(value)) is not None:
            return day(kept, lang)
        case _:
            return str(value)


def _kept_day(text: str) -> date | None:
    """A date that was kept as JSON, or None."""
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day(value: date | None, lang: str) -> str:
    """2026年11月20日, or 20 Nov 2026; an empty text for no date."""
    if value is None:
        return ""
    return f"{value.year}年{value.month}月{value.day}日" if lang == "zh" else f"{value.day} {value:%b %Y}"


def iso(value: date | datetime | None) -> str:
    """2026-11-20: the day, of a moment the day in Shanghai; an empty text for none."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return value.isoformat() if value else ""


def moment(value: datetime | None, lang: str) -> str:
    """A moment in Shanghai time, to the minute."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    return f"{day(local.date(), lang)} {local:%H:%M}"


def yuan(cents: int | None) -> str:
    """¥2,400 or ¥2,400.50 from 分."""
    if cents is None:
        return ""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}¥{whole:,}" + (f".{rest:02}" if rest else "")
