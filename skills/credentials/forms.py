"""Forms of the issuing body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from skills.credentials.rules import shares
from skills.credentials.rules.designs import ARTS, FIELDS, HOUSE, LONGEST, PALETTES, SEALS, Label, Look
from skills.credentials.rules.sampling import MOST_DRAWN
from skills.credentials.states import FINDING, FindingState
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say

DESIGN_TEXTS = ("title_en", "statement_zh", "statement_en", "note_zh", "note_en", "footer")


class HandOutForm(OrderForm):
    """The hand-out of a paper."""

    to = SelectField()
    serial = TextField(validators=[Length(max=32)])

    def __init__(self) -> None:
        super().__init__()
        self.to.choices = [("self", say("本人领取（已核对证件）", "The holder, identity checked")),
                           ("proxy", say("委托领取（已核对双方证件和委托书）", "A proxy, both identities and the mandate checked"))]  # fmt: skip
        self.to.label.text = say("谁来领取", "Who takes it")
        self.serial.label.text = say("空白证书印刷号（如有）", "Number of the blank, if it has one")


class DesignForm(OrderForm):
    """What a body may choose for one kind of certificate; which fields are shown stands beside it in the request."""

    palette = RadioField(validators=[needed("请选择", "Choose one")])
    art = RadioField(validators=[needed("请选择", "Choose one")])
    ink = TextField(validators=[Length(max=7)])
    title_en = TextField(validators=[Length(max=LONGEST["title_en"])])
    statement_zh = TextAreaField(filters=[strip], validators=[Length(max=LONGEST["statement_zh"])])
    statement_en = TextAreaField(filters=[strip], validators=[Length(max=LONGEST["statement_en"])])
    note_zh = TextField(validators=[Length(max=LONGEST["note_zh"])])
    note_en = TextField(validators=[Length(max=LONGEST["note_en"])])
    footer = TextField(validators=[Length(max=LONGEST["footer"])])
    seal = RadioField(validators=[needed("请选择", "Choose one")])
    logo = FileField()
    drop_logo = BooleanField()

    def __init__(self, look: Look) -> None:
        super().__init__(data={name: getattr(look, name) for name in (*DESIGN_TEXTS, "palette", "art", "seal", "ink")})
        self.kind = look.kind
        self.palette.choices = [(name, say(p.zh, p.en)) for name, p in PALETTES.items()]
        self.art.choices = [(name, say(*words)) for name, words in ARTS.items()]
        self.seal.choices = [(name, say(*words)) for name, words in SEALS.items()]
        for field, zh, en in (
            (self.palette, "配色", "Palette"), (self.art, "底纹", "Drawing"), (self.ink, "标题和边框的颜色", "Colour of title and frame"),
            (self.title_en, "英文名称", "English title"), (self.statement_zh, "正文", "Text"),
            (self.statement_en, "英文正文", "English text"), (self.note_zh, "附注", "Note"),
            (self.note_en, "英文附注", "English note"), (self.footer, "页脚附加一行", "A line of fine print"),
            (self.seal, "印章", "Seal"), (self.logo, "标识（PNG 或 JPEG）", "Logo (PNG or JPEG)"), (self.drop_logo, "不再印标识", "No logo"),
        ):  # fmt: skip
            field.label.text = say(zh, en)

    def look(self, sent: Any) -> Look:
        """The look that was sent: required fields under the sample's words, optional ones if ticked, as named."""
        labels = tuple(
            Label(f.name, f.zh, f.en) if f.required else
            Label(f.name, sent.get(f"zh-{f.name}", f.zh).strip(), sent.get(f"en-{f.name}", f.en).strip())
            for f in FIELDS[self.kind]
            if f.required or f.name in sent.getlist("shown")
        )  # fmt: skip
        house = HOUSE[self.kind]
        texts: dict[str, Any] = {name: getattr(self, name).data or "" for name in DESIGN_TEXTS}
        if self.kind == "level":
            texts["statement_zh"] = house.statement_zh
        return replace(
            house, palette=self.palette.data or "", art=self.art.data or "", seal=self.seal.data or "",
            ink=(self.ink.data or "").lower(), fields=labels, **texts,
        )  # fmt: skip


class SealForm(OrderForm):
    """A picture of the body's seal."""

    picture = FileField()

    def __init__(self) -> None:
        super().__init__()
        self.picture.label.text = say("印章扫描件（PNG 或 JPEG）", "Scan of the stamp (PNG or JPEG)")


class ReasonForm(OrderForm):
    """Why a design is sent back."""

    reason = TextAreaField(validators=[needed("请写明要修改什么", "Say what has to be changed"), Length(max=400)])

    def __init__(self) -> None:
        super().__init__()
        self.reason.label.text = say("要修改什么", "What has to be changed")


class ShareForm(OrderForm):
    """What a link shows, and how long it lives."""

    fields = SelectMultipleField(
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[needed("请至少选一项", "Choose at least one")],
    )  # fmt: skip
    days = RadioField(coerce=int, validators=[needed("请选择有效期", "Choose how long")])

    def __init__(self, kind: str, longest: int) -> None:
        super().__init__(data={"fields": list(shares.DEFAULT), "days": 7})
        left_out = {"score"} if kind == "level" else set()
        self.fields.choices = [(name, say(*words)) for name, words in shares.FIELDS.items() if name not in left_out]
        self.days.choices = [(n, say(f"{n} 天", f"{n} days" if n > 1 else "1 day")) for n in shares.DAYS if n <= longest]
        self.fields.label.text = say("对方能看到什么", "What they will see")
        self.days.label.text = say("多久后失效", "When it ends")


class KeyForm(OrderForm):
    """A form that only confirms."""


class SampleForm(OrderForm):
    """A sample of certificates to be drawn; `bodies` are (id, name) to choose from."""

    purpose = TextField(validators=[needed("请填写抽查目的", "Say what the sample is for"), Length(max=120)])
    kind = SelectField(validate_choice=True)
    issuer_id = SelectField(validate_choice=True)
    since = DateField(validators=[Optional()])
    until = DateField(validators=[Optional()])
    size = IntegerField(
        default=20, validators=[needed("请填写样本量", "Enter the sample size"), NumberRange(1, MOST_DRAWN)]
    )
    by_risk = BooleanField(default=True)

    def __init__(self, bodies: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        kinds = (("", "全部", "All"), ("level", "职业技能等级证书", "Skill levels"),
                 ("completion", "培训合格证书", "Training"), ("competition", "竞赛获奖证书", "Awards"))  # fmt: skip
        self.kind.choices = [(value, say(zh, en)) for value, zh, en in kinds]
        self.issuer_id.choices = [("", say("全部机构", "All bodies")), *bodies]


class FindingForm(OrderForm):
    """What was found about one certificate of a sample."""

    finding = RadioField(validators=[needed("请选择核查结果", "Choose what was found")])
    remark = TextAreaField(filters=[strip], validators=[Length(max=400)])

    def __init__(self, held: str = "", remark: str = "") -> None:
        super().__init__(data={"finding": held, "remark": remark})
        self.finding.choices = [
            (state.value, say(*FINDING.words[state])) for state in FindingState if state != FindingState.OPEN
        ]


class WordsForm(OrderForm):
    """A conclusion, or why a plan is given up."""

    words = TextAreaField(filters=[strip], validators=[needed("请填写", "This is needed"), Length(max=1000)])
