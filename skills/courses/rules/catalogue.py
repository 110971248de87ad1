"""What a course may be in the catalogue, and by what it is found (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.kernel.money import Amount

FEE = Amount(100_000_000, zero=True)  # 分; a course may be free

MEASURE = "《助力实施软件和信息服务业“满天星”行动计划的若干措施》第12条"

# 措施第12条: 公开课、补贴性培训项目、专项职业能力
SECTIONS: dict[str, tuple[str, str]] = {
    "open": ("公开课", "Open courses"),
    "subsidised": ("补贴性培训项目", "Subsidised projects"),
    "ability": ("专项职业能力培训", "Specialised-ability programmes"),
    "": ("其他培训", "Other training"),
}
MODES: dict[str, tuple[str, str]] = {
    "onsite": ("线下", "On site"),
    "online": ("线上", "Online"),
    "blended": ("线上线下结合", "Online and on site"),
}
LEADS_TO: dict[str, tuple[str, str]] = {
    "completion": ("培训合格证书", "Training completion certificate"),
    "level": ("职业技能等级证书", "Vocational skill level certificate"),
    "special_ability": ("专项职业能力证书", "Specialised ability certificate"),
    "engineer": ("数字技术工程师证书", "Digital technology engineer certificate"),
}


@dataclass(frozen=True)
class CourseSaid:
    """What a course says, as its institution writes it: the one list of its fields, in the order in which they are read.

    fee       in 分; level a rank 1–8 or none
    standard  in words, where no published training standard is meant; else standard_version is the id of one
    """

    title: str
    kind: str
    zone: str
    occupation: str
    level: int | None
    hours: int
    fee: int
    standard: str = ""
    description: str = ""
    section: str = ""
    mode: str = "onsite"
    leads_to: str = "completion"
    ability: str = ""
    standard_version: str | None = None


FIELDS = tuple(f.name for f in fields(CourseSaid))


@dataclass(frozen=True)
class Offer:
    """A course as it is written down. `fee` in 分; `of_profession`: its occupation is a professional one.

    standard_fits  no training standard is named, or one in force of this occupation and level
    unfit          characters of the title that its certificates could not bear
    """

    title: str
    kind: str
    zone: str
    section: str
    mode: str
    leads_to: str
    ability: str
    level: int | None
    hours: int
    fee: int
    of_profession: bool
    standard_fits: bool = True
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """The codes that a course may bear."""

    kinds: Sequence[str]
    zones: Sequence[str]
    levels: Sequence[int] = field(default=tuple(range(1, 9)))


def may_write(offer: Offer, known: Known) -> Verdict:
    """Whether a course can be kept as written; only what is wrong is named. `course.invalid`."""
    codes = (
        offer.kind in known.kinds and offer.zone in known.zones and offer.section in SECTIONS and offer.mode in MODES
        and offer.leads_to in LEADS_TO and (offer.level is None or offer.level in known.levels)
    )  # fmt: skip
    to_ability = offer.leads_to == "special_ability"
    return no_fault(
        "course.invalid",
        [
            Finding("course.titled", bool(offer.title.strip())),
            Finding("course.title_printable", not offer.unfit, facts={"characters": offer.unfit}),
            Finding("course.codes", codes),
            Finding("course.hours", offer.hours >= 1),
            Finding("course.fee", offer.fee >= 0),
            Finding("course.open_is_free", offer.section != "open" or offer.fee == 0, MEASURE, {"fee": offer.fee}),
            Finding("course.ability_named", to_ability == bool(offer.ability.strip()) and (offer.section != "ability" or to_ability), MEASURE),
            Finding("course.level_named", offer.leads_to != "level" or offer.level is not None),
            Finding("course.standard_fits", offer.standard_fits),
            Finding("course.engineer_profession", offer.leads_to != "engineer" or offer.of_profession),
        ],
    )


def bands(limits: Sequence[int]) -> list[tuple[str, int | None, int | None]]:
    """Price bands (code, from, below) in 分 by their upper limits: free, up to each limit, and above the last.

    A fee of just a limit belongs to the band below it.
    """
    found: list[tuple[str, int | None, int | None]] = [("0", None, 1)]
    low = 1
    for top in limits:
        found.append((str(top), low, top + 1))
        low = top + 1
    return [*found, ("more", low, None)]


# What a class that is taught now was approved, enrolled and will be judged by.
FIXED_BY_CLASSES = ("occupation", "level", "hours", "leads_to", "mode")


@dataclass(frozen=True)
class Change:
    """A field of a course that a version changes."""

    field: str
    old: object
    new: object


def changes(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[Change, ...]:
    """What a version changes, field by field in their own order."""
    return tuple(Change(name, old.get(name), value) for name, value in new.items() if old.get(name) != value)


def may_replace(changed: Sequence[Change], classes_live: int) -> Verdict:
    """Whether a version may take the place of the public one. `course_version.not_publishable`."""
    fixed = [c.field for c in changed if c.field in FIXED_BY_CLASSES]
    return no_fault(
        "course_version.not_publishable",
        [
            Finding("course_version.changes_something", bool(changed)),
            Finding("course_version.no_class_live", not (fixed and classes_live), facts={"classes": classes_live}),
        ],
    )
