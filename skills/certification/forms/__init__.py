"""Forms of filings, plans, candidates, objections and decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from skills.accounts.queries import StaffLine
from skills.certification.actions.plans import PlanOrder
from skills.certification.queries.exams import SittingLine
from skills.certification.queries.filings import FilingLine
from skills.certification.queries.rooms import RoomLine
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import FEE, Section, sections_of
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.rooms import Hour, read_rooms
from skills.certification.rules.seating import PAPERS
from skills.kernel.errors import Refusal
from skills.people.rules import DocumentKind
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.web import i18n
from skills.web.forms import MoneyField, OrderForm, TextField, needed, strip
from skills.web.pages import db, lang, say


def level_words(level: Level) -> str:
    """A level as the visitor reads it."""
    return level.wording if lang() == "zh" else level.english


def pair_words(code: str, name: str, branch: str) -> tuple[str, str]:
    """A choice of an occupation and branch: value and words."""
    return f"{code}|{branch}", f"{code} {name} · {branch or say('全部工种', 'all branches')}"


class ScopeLineForm(OrderForm):
    """One occupation or branch with its levels."""

    pair = SelectField()
    levels = SelectMultipleField(
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[needed("请至少选择一个等级", "Choose at least one level")],
    )  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pair.choices = [
            pair_words(o.code, o.name, branch)
            for o in standards.occupations(db(), "skill")
            for branch in ("", *o.branches)
        ]
        self.levels.choices = [(str(int(lv)), level_words(lv)) for lv in Level if lv is not Level.APPRENTICE]
        self.pair.label.text = say("职业和工种", "Occupation and branch")
        self.levels.label.text = say("等级", "Levels")

    def items(self) -> tuple[ScopeItem, ...]:
        """What was chosen."""
        code, _, branch = self.pair.data.partition("|")
        return tuple(ScopeItem(code, branch, Level(int(lv))) for lv in self.levels.data)


class ScopeForm(ScopeLineForm):
    """What is added to a filing's scope in draft."""

    contact = TextField(validators=[needed("请填写联系人", "Name a contact"), Length(max=60)])
    own_students_only = BooleanField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.contact.label.text = say("联系人", "Contact")
        self.own_students_only.label.text = say("只评价本校学生", "Own students only")


class PromiseForm(OrderForm):
    """The promise of a filing."""

    promised = BooleanField()


class ReasonForm(OrderForm):
    """A decision with its reason; `choice` says which."""

    reason = TextAreaField(filters=[strip], validators=[Length(max=400)])


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


class PlanForm(OrderForm):
    """A plan as its body writes it; it may be saved incomplete."""

    pair = SelectField()
    level = SelectField()
    site = TextField(validators=[Length(max=200)])
    registration_from = DateField(validators=[Optional()])
    registration_to = DateField(validators=[Optional()])
    held_on = DateField(validators=[Optional()])
    capacity = IntegerField(validators=[needed("请填写名额", "Give the places"), NumberRange(0, 5000)])
    fee = MoneyField(FEE, "请填写费用，免费填0", "Give the fee, 0 if free")
    rooms = TextAreaField(validators=[Length(max=4000)])
    papers = SelectField(choices=[str(n) for n in range(1, len(PAPERS) + 1)], default="2")
    theory_at, practical_at, comprehensive_at = (TimeField(validators=[Optional()]) for _ in range(3))
    theory_for, practical_for, comprehensive_for = (IntegerField(validators=[Optional(), NumberRange(1, 720)]) for _ in range(3))
    examiners, invigilators, supervisors, setters = (
        SelectMultipleField(widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()) for _ in range(4)
    )

    def __init__(self, filing: FilingLine, staff: Mapping[Duty, Sequence[StaffLine]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = {o.code: o for o in standards.occupations(db(), "skill")}
        pairs = []
        for item in filing.scope:
            branches = (item.branch,) if item.branch else ("", *names[item.occupation].branches)
            pairs += [pair_words(item.occupation, item.name, b) for b in branches]
        self.pair.choices = list(dict.fromkeys(pairs))
        levels = sorted({lv for item in filing.scope for lv in item.levels if lv.examined})
        self.level.choices = [(str(int(lv)), level_words(lv)) for lv in levels]
        for duty in Duty:
            self[f"{duty}s"].choices = [(s.account_id, s.name) for s in staff[duty]]
        for field, zh, en in (
            (self.pair, "职业和工种", "Occupation and branch"), (self.level, "等级", "Level"),
            (self.site, "考点地址", "Site"), (self.registration_from, "报名开始", "Registration from"),
            (self.registration_to, "报名截止", "Registration to"), (self.held_on, "考试日期", "Exam day"),
            (self.rooms, "考场", "Rooms"), (self.papers, "试卷套数", "Different papers"),
            (self.capacity, "名额（人）", "Places"), (self.fee, "费用（元）", "Fee (yuan)"),
            (self.examiners, "考评人员", "Examiners"), (self.invigilators, "监考人员", "Invigilators"),
            (self.supervisors, "内部督导员", "Supervisors"), (self.setters, "命题人员", "Setters of papers"),
        ):
            field.label.text = say(zh, en)
        for section in Section:
            zh, en = section.words
            self[f"{section}_at"].label.text = say(f"{zh}开始时间", f"{en.capitalize()} begins at")
            self[f"{section}_for"].label.text = say(f"{zh}时长（分钟）", f"{en.capitalize()}, minutes")

    def validate_rooms(self, field: TextAreaField) -> None:
        try:
            read_rooms(field.data or "")
        except Refusal as refusal:
            raise ValidationError(i18n.tell_refusal(refusal, lang()).text) from refusal

    def hours(self) -> tuple[Hour, ...]:
        """The hours of the level's sections as far as they are given."""
        told = ((s.value, self[f"{s}_at"].data, self[f"{s}_for"].data) for s in sections_of(Level(int(self.level.data))))
        return tuple(Hour(section, f"{begins:%H:%M}", minutes) for section, begins, minutes in told if begins and minutes)

    def order(self) -> PlanOrder:
        """What `plans.plan` wants to know."""
        code, _, branch = self.pair.data.partition("|")
        return PlanOrder(
            code, branch, int(self.level.data), self.site.data, self.registration_from.data,
            self.registration_to.data, self.held_on.data, self.capacity.data, self.fee.cents,
            tuple(self.examiners.data), tuple(self.invigilators.data), tuple(self.supervisors.data),
            read_rooms(self.rooms.data or ""), int(self.papers.data), self.hours(), tuple(self.setters.data),
        )  # fmt: skip


def hours_data(hours: Sequence[Hour]) -> dict[str, Any]:
    """Hours as the form shows them."""
    return {f"{h.section}_at": time.fromisoformat(h.begins) for h in hours} | {f"{h.section}_for": h.minutes for h in hours}


def plan_data(line: SittingLine, rooms: Sequence[RoomLine], named: Mapping[Duty, Sequence[str]]) -> dict[str, Any]:
    """A plan as the form shows it."""
    return hours_data(line.hours) | {f"{duty}s": list(named.get(duty, ())) for duty in Duty} | {
        "rooms": "\n".join(r.planned.line for r in rooms), "papers": str(line.papers),
        "pair": f"{line.occupation}|{line.branch}", "level": str(int(line.level)), "site": line.site,
        "registration_from": line.registration_from, "registration_to": line.registration_to, "held_on": line.held_on,
        "capacity": line.capacity, "fee": Decimal(line.fee_cents) / 100,
    }  # fmt: skip


def _document_kinds() -> Sequence[tuple[str, str]]:
    return [(kind.value, kind.words[0] if lang() == "zh" else kind.words[1]) for kind in DocumentKind]


class EnlistForm(OrderForm):
    """Document numbers of candidates, one per line; for an employer with their employment."""

    kind = SelectField()
    numbers = TextAreaField(validators=[needed("请填写证件号码", "Give document numbers"), Length(max=20_000)])
    since = DateField(validators=[Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = _document_kinds()
        self.kind.label.text = say("证件类型", "Kind of document")
        self.numbers.label.text = say("证件号码", "Document numbers")
        self.since.label.text = say("入职日期", "Employed since")

    def listed(self) -> tuple[str, ...]:
        """The numbers, each once."""
        return tuple(dict.fromkeys(_lines(self.numbers.data)))

    def employed_since(self) -> date | None:
        """The first day of the employment, if it is declared here."""
        found: date | None = self.since.data
        return found


class EmployeeForm(OrderForm):
    """Somebody who works for the firm."""

    name = TextField(validators=[needed("请填写姓名", "Give the name"), Length(max=40)])
    kind = SelectField()
    number = TextField(validators=[needed("请填写证件号码", "Give the document number"), Length(max=32)])
    occupation = SelectField()
    since = DateField(validators=[needed("请填写入职日期", "Give the first day")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = _document_kinds()
        self.occupation.choices = [(o.code, f"{o.code} {o.name}") for o in standards.occupations(db())]
        for field, zh, en in (
            (self.name, "姓名", "Name"), (self.kind, "证件类型", "Kind of document"), (self.number, "证件号码", "Document number"),
            (self.occupation, "从事的职业", "Occupation"), (self.since, "入职日期", "Employed since"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class EmploymentEndForm(OrderForm):
    """The last day of an employment."""

    until = DateField(validators=[needed("请填写最后工作日", "Give the last day")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.until.label.text = say("最后工作日", "Last day")


class ObjectionForm(OrderForm):
    """An objection by real name."""

    name = TextField(validators=[needed("请填写姓名", "Give your name"), Length(max=60)])
    contact = TextField(validators=[needed("请填写联系方式", "Give a way to reach you"), Length(max=120)])
    text = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give your grounds"), Length(max=1000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name.label.text = say("姓名", "Your name")
        self.contact.label.text = say("联系方式", "How to reach you")
        self.text.label.text = say("理由", "Grounds")


class ExamineForm(OrderForm):
    """Which body issues a promotion's certificate."""

    filing_id = SelectField()

    def __init__(self, filings: Sequence[FilingLine], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filing_id.choices = [(f.id, f"{f.number} {f.body}") for f in filings]
        self.filing_id.label.text = say("发证机构", "Issuing body")
