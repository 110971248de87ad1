"""What a design of a certificate may say and look like (pure).

The face of a certificate belongs to the body that issues it, within the sample of 人社鉴发〔2021〕1号: its fields are
never left out or given other names, its title and text stand, and no government department signs it (不参与监制).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from skills.credentials.claims import Kind
from skills.kernel.findings import Finding, Verdict, all_of

SAMPLE = "人社鉴发〔2021〕1号"
LEAST_TEXT, LEAST_INK = 7.0, 4.5  # contrast on the paper: WCAG 2.2 AAA for what is read, AA for title and labels
ISSUER = "{issuer}"  # where the body's name stands in a statement


@dataclass(frozen=True)
class Inks:
    """Colours of a design, as #rrggbb. `gilt` is gold that is read, `gold` gold that is drawn; `band` fills the frame."""

    paper: str
    ink: str
    line: str
    soft: str
    web: str
    gold: str
    gilt: str
    text: str
    mute: str
    band: str = ""


@dataclass(frozen=True)
class Palette:
    """A set of inks with its name in both languages."""

    zh: str
    en: str
    inks: Inks


PALETTES: Mapping[str, Palette] = {
    "cinnabar": Palette("朱砂", "Cinnabar", Inks(
        "#fffcf6", "#8e1f22", "#b5483a", "#f6e9df", "#f0dccf", "#a97c2f", "#86601c", "#2a1d1a", "#6d5048")),
    "indigo": Palette("靛青", "Indigo", Inks(
        "#fbfcff", "#1c2f66", "#3f63a8", "#e6edf8", "#d8e2f3", "#a9853a", "#7f6020", "#18203a", "#4d5874")),
    "night": Palette("夜金", "Night and gold", Inks(
        "#fdfbf5", "#141d45", "#d9bb6d", "#f0e9d8", "#e9dec2", "#b08a36", "#805f17", "#1a1f3a", "#52566e", "#121a40")),
    "pine": Palette("松绿", "Pine", Inks(
        "#fcfdf9", "#17503f", "#4c8570", "#e5efe8", "#d4e5da", "#a6853b", "#7c6020", "#16271f", "#4b6157")),
    "plum": Palette("梅紫", "Plum", Inks(
        "#fffbfd", "#6a1f4e", "#9c567f", "#f5e6ee", "#ecd6e2", "#a98140", "#836124", "#2a1622", "#6a4f60")),
    "slate": Palette("墨石", "Slate", Inks(
        "#fdfdfb", "#2b3238", "#6c7780", "#ebedec", "#dfe2e1", "#a38a4f", "#756029", "#1d2226", "#555d63")),
}  # fmt: skip
ARTS: Mapping[str, tuple[str, str]] = {
    "bloom": ("八瓣团花", "Eight-petalled bloom"),
    "lattice": ("细纹花环", "Fine lattice wreath"),
    "sunburst": ("光芒", "Sunburst"),
}
SEALS: Mapping[str, tuple[str, str]] = {
    "own": ("印上本机构的证书专用章", "print the body's own seal"),
    "wet": ("留出位置，盖实物印章", "leave the place free for a wet stamp"),
}


@dataclass(frozen=True)
class Field:
    """A field of a kind of certificate with its words as the sample has them. Required ones never go."""

    name: str
    zh: str
    en: str
    required: bool


FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    "level": (
        Field("photo", "照片", "Photo", True),
        Field("document_kind", "证件类型", "Type of ID", True),
        Field("document", "证件号码", "ID No.", True),
        Field("occupation", "职业名称", "Occupation", True),
        Field("branch", "工种/职业方向", "Job / Direction", True),
        Field("level", "职业技能等级", "Skill Level", True),
        Field("number", "证书编号", "Certificate No.", True),
        Field("ladder", "职业技能等级（岗位）序列", "Eight Levels of Skill", False),
        Field("filing", "评价机构备案编号", "Filing No.", False),
    ),
    "completion": (
        Field("photo", "照片", "Photo", False),
        Field("document_kind", "证件类型", "Type of ID", True),
        Field("document", "证件号码", "ID No.", True),
        Field("award", "培训项目", "Programme", True),
        Field("occupation", "职业名称", "Occupation", False),
        Field("result", "学时与成绩", "Hours and Result", False),
        Field("number", "证书编号", "Certificate No.", True),
        Field("filing", "机构备案编号", "Filing No.", False),
    ),
    "competition": (
        Field("photo", "照片", "Photo", False),
        Field("document", "证件号码", "ID No.", True),
        Field("occupation", "竞赛职业", "Occupation", False),
        Field("result", "竞赛成绩", "Result", False),
        Field("number", "证书编号", "Certificate No.", True),
        Field("filing", "机构备案编号", "Filing No.", False),
    ),
}
TITLES: Mapping[Kind, str] = {
    "level": "职业技能等级证书",
    "completion": "职业技能培训合格证书",
    "competition": "职业技能竞赛获奖证书",
}
# 证书正文 of the sample; and what a certificate of training must say about itself.
LEVEL_STATEMENT = (
    "本证书由{issuer}颁发，表明持证人通过本机构组织的职业技能等级认定，具备该职业（工种）相应技能等级水平。"
)
NO_LEVEL = "本证书不代表职业技能等级"

TextName = Literal["title_en", "statement_zh", "statement_en", "note_zh", "note_en", "footer"]
LONGEST: Mapping[str, int] = {
    "title_zh": 14, "title_en": 60, "statement_zh": 66, "statement_en": 118, "note_zh": 24, "note_en": 60, "footer": 50,
}  # fmt: skip
TEXT_WORDS: Mapping[str, tuple[str, str]] = {
    "title_zh": ("证书名称", "The title"), "title_en": ("英文名称", "The English title"), "statement_zh": ("正文", "The text"),
    "statement_en": ("英文正文", "The English text"), "note_zh": ("附注", "The note"), "note_en": ("英文附注", "The English note"),
    "footer": ("页脚", "The fine print"),
}  # fmt: skip
INK_WORDS: Mapping[str, tuple[str, str]] = {
    "text": ("正文", "text"), "ink": ("标题", "title"), "gilt": ("金色字", "gilt letters"), "mute": ("小字", "small print"),
}  # fmt: skip
LONGEST_LABEL = {"zh": 8, "en": 22}
# Words that only a government department may put under a paper, or that would lend it another's weight.
NOT_OURS = ("监制", "人力资源和社会保障", "人社部", "人社厅", "人社局", "人力社保局", "国家职业资格", "中华人民共和国")
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True)
class Label:
    """A field that a design shows, under these words."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Look:
    """One design: plain values that a body chooses.

    palette, art, seal  names of PALETTES, ARTS, SEALS
    ink                 a colour of its own for title and accents, #rrggbb; empty for the palette's
    statement_zh        with {issuer} where the body's name stands
    footer              one line of fine print, e.g. a provincial query site
    fields              what is shown, in the order of FIELDS
    """

    kind: Kind
    palette: str
    art: str
    title_zh: str
    title_en: str
    statement_zh: str
    statement_en: str
    fields: tuple[Label, ...]
    note_zh: str = ""
    note_en: str = ""
    footer: str = ""
    ink: str = ""
    seal: str = "wet"

    def label(self, name: str) -> Label | None:
        """The field of this name if the design shows it."""
        return next((f for f in self.fields if f.name == name), None)

    @property
    def inks(self) -> Inks:
        """The palette's inks, with the body's own colour for title, frame and braid where it chose one."""
        held = PALETTES[self.palette].inks
        if not self.ink:
            return held
        if held.band:
            return replace(held, ink=self.ink, band=self.ink)
        return replace(held, ink=self.ink, line=mix(self.ink, held.paper, 0.3))


def may_print(look: Look) -> Verdict:
    """Whether certificates may be printed with a design: the sample's fields, sober words, legible colours."""
    return all_of("design.refused", [*_fields(look), *_texts(look), *_colours(look)])


def _fields(look: Look) -> Iterator[Finding]:
    known = {f.name: f for f in FIELDS[look.kind]}
    shown = {f.name: f for f in look.fields}
    for field in known.values():
        label = shown.get(field.name)
        if field.required:
            facts = {"field": field.zh, "field_en": field.en}
            yield Finding("design.field_kept", label is not None, SAMPLE, facts)
            if label is not None:
                same = (label.zh, label.en) == (field.zh, field.en)
                said = {**facts, "label": label.zh[:20], "label_en": label.en[:40]}
                yield Finding("design.field_named", same, SAMPLE, said)
        elif label is not None:
            fits = 0 < len(label.zh) <= max(LONGEST_LABEL["zh"], len(field.zh)) and len(label.en) <= LONGEST_LABEL["en"]
            yield Finding("design.label_fits", fits, facts={"field": field.zh, "field_en": field.en, **LONGEST_LABEL})
    strangers = sorted(set(shown) - set(known))
    yield Finding("design.fields_known", not strangers, facts={"fields": ", ".join(strangers)[:60]})
    yield Finding("design.fields_once", len(shown) == len(look.fields))


def _texts(look: Look) -> Iterator[Finding]:
    texts = {name: str(getattr(look, name)) for name in LONGEST}
    for name, text in texts.items():
        words = dict(zip(("text", "text_en"), TEXT_WORDS[name], strict=True))
        facts = {**words, "length": len(text), "most": LONGEST[name]}
        yield Finding("design.text_fits", len(text) <= LONGEST[name], facts=facts)
    everything = "".join([*texts.values(), *(f.zh + f.en for f in look.fields)])
    yield Finding("design.text_plain", not _UNSEEN.search(everything))
    found = [word for word in NOT_OURS if word in everything]
    yield Finding("design.no_government", not found, SAMPLE, {"words": "、".join(found)})
    yield Finding("design.title_kept", look.title_zh == TITLES[look.kind], SAMPLE, {"title": TITLES[look.kind]})
    if look.kind == "level":
        yield Finding("design.statement_kept", look.statement_zh == LEVEL_STATEMENT, SAMPLE)
        return
    yield Finding("design.issuer_named", look.statement_zh.count(ISSUER) == 1)
    braces = (look.statement_zh + look.statement_en).replace(ISSUER, "")
    yield Finding("design.no_braces", not set("{}") & set(braces))
    yield Finding("design.no_level", "等级证书" not in everything and "资格证书" not in everything, SAMPLE)


def _colours(look: Look) -> Iterator[Finding]:
    known = look.palette in PALETTES and look.art in ARTS and look.seal in SEALS
    yield Finding("design.choice_known", known)
    shape = not look.ink or re.fullmatch(r"#[0-9a-f]{6}", look.ink) is not None
    yield Finding("design.colour_shape", shape, facts={"colour": look.ink[:20]})
    if not known or not shape:
        return
    inks = look.inks
    for name, colour, least in (
        ("text", inks.text, LEAST_TEXT), ("ink", inks.ink, LEAST_INK), ("gilt", inks.gilt, LEAST_INK),
        ("mute", inks.mute, LEAST_INK),
    ):  # fmt: skip
        ratio = contrast(colour, inks.paper)
        zh, en = INK_WORDS[name]
        facts = {"part": zh, "part_en": en, "colour": colour, "ratio": f"{ratio:.1f}", "least": f"{least:.1f}"}
        yield Finding("design.contrast", ratio >= least, "WCAG 2.2 1.4.3", facts)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours #rrggbb as WCAG 2.2 defines it, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, part: float) -> str:
    """The colour that lies `part` (0 to 1) of the way from one to the other."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def all_labels(kind: Kind) -> tuple[Label, ...]:
    """Every field of a kind under the sample's words."""
    return tuple(Label(f.name, f.zh, f.en) for f in FIELDS[kind])


# What a body starts from, and what is printed for one that has no design of its own. A change is a new edition.
HOUSE_EDITION = "house-2"
HOUSE_EDITIONS = frozenset({"house-1", HOUSE_EDITION})
HOUSE: Mapping[Kind, Look] = {
    "level": Look(
        "level", "cinnabar", "bloom", TITLES["level"], "CERTIFICATE OF VOCATIONAL SKILL LEVEL", LEVEL_STATEMENT,
        "The holder has passed the assessment of the issuing body and attained the skill level stated below.",
        all_labels("level"),
    ),
    "completion": Look(
        "completion", "indigo", "lattice", TITLES["completion"], "CERTIFICATE OF TRAINING COMPLETION",
        "参加{issuer}组织的职业技能培训，完成规定学时，经考核成绩合格。",
        "The holder has completed the training stated below and passed its final examination.",
        all_labels("completion"),
        note_zh="仅证明持证人完成上述培训并经考核合格。", note_en="Not a certificate of skill level.",
    ),
    "competition": Look(
        "competition", "night", "sunburst", TITLES["competition"], "VOCATIONAL SKILLS COMPETITION AWARD",
        "在{issuer}举办的职业技能竞赛中成绩优异，荣获", "is hereby honoured for outstanding performance with",
        all_labels("competition"), note_zh="特发此证，以资鼓励。",
    ),
}  # fmt: skip
