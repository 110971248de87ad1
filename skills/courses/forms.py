"""Forms of courses, classes and places."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, DateField, DecimalField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.rules.places import LEAVE_REASONS
from skills.courses.states import ADMISSION_WORDS, Admission
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.web.forms import OrderForm, TextField, needed, strip, whole_cents
from skills.web.pages import db, lang, say


def _words(pairs: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(key, zh if lang() == "zh" else en) for key, (zh, en) in pairs.items()]


class CourseForm(OrderForm):
    """A course as its institution writes it."""

    title = TextField(validators=[needed("请填写课程名称", "Name the course"), Length(max=60)])
    kind = SelectField()
    zone = SelectField()
    occupation = SelectField()
    level = SelectField()
    hours = IntegerField(validators=[needed("请填写学时", "Say how many class hours"), NumberRange(1, 2000)])
    fee = DecimalField(places=2, validators=[needed("请填写费用", "Say what it costs"), NumberRange(0, 1_000_000), whole_cents])
    standard = TextField(validators=[Length(max=120)])
    description = TextAreaField(filters=[strip], validators=[Length(max=4000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices, self.zone.choices = _words(KINDS), _words(ZONES)
        self.occupation.choices = [(o.code, f"{o.code} {o.name}") for o in standards.occupations(db())]
        self.level.choices = [("", say("不分等级", "No level"))] + [
            (str(int(level)), level.wording if lang() == "zh" else level.english) for level in Level
        ]
        for field, zh, en in (
            (self.title, "课程名称", "Title"), (self.kind, "培训类型", "Kind of training"), (self.zone, "专区", "Zone"),
            (self.occupation, "职业", "Occupation"), (self.level, "等级", "Level"), (self.hours, "学时", "Class hours"),
            (self.fee, "费用（元）", "Fee (yuan)"), (self.standard, "培训标准", "Training standard"),
            (self.description, "课程介绍", "Description"),
        ):
            field.label.text = say(zh, en)

    def order(self) -> dict[str, Any]:
        """What `catalogue.draft` wants to know."""
        return {
            "title": self.title.data, "kind": self.kind.data, "zone": self.zone.data,
            "occupation": self.occupation.data, "level": int(self.level.data) if self.level.data else None,
            "hours": self.hours.data, "fee": int(Decimal(self.fee.data) * 100), "standard": self.standard.data,
            "description": self.description.data,
        }


class ClassForm(OrderForm):
    """A class as its institution plans it."""

    district = SelectField()
    address = TextField(validators=[needed("请填写上课地址", "Say where it is taught"), Length(max=120)])
    lecturer = TextField(validators=[needed("请填写授课教师", "Name the lecturer"), Length(max=60)])
    lecturer_proof = TextField(validators=[needed("请填写教师资质", "Name the lecturer's proof"), Length(max=120)])
    admits = SelectField(default=Admission.AT_ONCE)
    seats = IntegerField(validators=[needed("请填写名额", "Say how many seats"), NumberRange(1, 1000)])
    starts_on = DateField(validators=[needed("请填写开班日期", "Say when it begins")])
    ends_on = DateField(validators=[needed("请填写结班日期", "Say when it ends")])
    timetable = TextAreaField(filters=[strip], validators=[Length(max=20_000)])
    assessment_plan = TextAreaField(filters=[strip], validators=[Length(max=1000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.admits.choices = _words({str(a): words for a, words in ADMISSION_WORDS.items()})
        self.district.choices = [(d.code, d.name) for d in standards.districts(db()) if d.kind != "city"]
        for field, zh, en in (
            (self.district, "区县", "District"), (self.address, "上课地址", "Address"),
            (self.lecturer, "授课教师", "Lecturer"), (self.lecturer_proof, "教师资质", "Lecturer's qualification"),
            (self.admits, "录取方式", "How people are taken in"), (self.seats, "名额", "Seats"), (self.starts_on, "开班日期", "First day"),
            (self.ends_on, "结班日期", "Last day"), (self.timetable, "课表", "Timetable"),
            (self.assessment_plan, "结业考核方案", "Assessment plan"),
        ):
            field.label.text = say(zh, en)
        self.timetable.description = say(
            "每行一次课：2026-12-01 09:00-12:15 301室 课程内容",
            "One lesson a line: 2026-12-01 09:00-12:15 Room301 topic",
        )


class PromiseForm(OrderForm):
    """The truth promise of an application."""

    promise = BooleanField()


class ReasonForm(OrderForm):
    """A decision with its reason."""

    reason = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])


class LeaveForm(OrderForm):
    """Why somebody leaves."""

    code = SelectField(validators=[needed("请选择退课原因", "Say why you leave")])
    words = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.code.choices = [("", say("请选择", "Please choose")), *_words(LEAVE_REASONS)]
        self.code.label.text = say("原因", "Reason")
        self.words.label.text = say("说明", "In your own words")


class EnrolForm(OrderForm):
    """The last tap: this class, with this voucher or none."""

    voucher = HiddenField(validators=[Length(max=26), Optional()])
