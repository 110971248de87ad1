"""Forms of the professional side."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange

from skills.people.rules import DocumentKind
from skills.professional.actions.seminars import SeminarOrder
from skills.records.rules.professional import ACHIEVEMENT_WORDS
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class SeminarForm(OrderForm):
    """An application for an advanced seminar."""

    title = TextField(validators=[needed("请填写研修班名称", "Name the seminar"), Length(max=80)])
    field = TextField(validators=[needed("请填写领域", "Say what it is about"), Length(max=60)])
    venue = TextField(validators=[needed("请填写地点", "Say where"), Length(max=120)])
    starts_on = DateField(validators=[needed("请填写开始日期", "Say when it begins")])
    ends_on = DateField(validators=[needed("请填写结束日期", "Say when it ends")])
    seats = IntegerField(validators=[needed("请填写人数", "Say for how many"), NumberRange(1, 1000)])
    hours = IntegerField(validators=[needed("请填写学时", "Say how many hours"), NumberRange(1, 400)])
    plan = TextAreaField(filters=[strip], validators=[needed("请填写研修方案", "Write the plan down"), Length(max=2000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.title, "研修班名称", "Title"), (self.field, "领域", "Field"), (self.venue, "地点", "Venue"), (self.starts_on, "开始日期", "From"),
            (self.ends_on, "结束日期", "Until"), (self.seats, "人数", "Seats"), (self.hours, "学时", "Hours"), (self.plan, "研修方案", "Plan"),
        ):  # fmt: skip
            field.label.text = say(zh, en)

    def order(self) -> SeminarOrder:
        """What `seminars.apply` wants to know."""
        return SeminarOrder(
            self.title.data or "", self.field.data or "", self.plan.data or "", self.venue.data or "", self.starts_on.data,
            self.ends_on.data, self.seats.data or 0, self.hours.data or 0,
        )  # fmt: skip


class RosterForm(OrderForm):
    """Somebody for a roster."""

    name = TextField(validators=[needed("请填写姓名", "Write the name"), Length(max=60)])
    kind = SelectField()
    number = TextField(validators=[needed("请填写证件号码", "Write the document number"), Length(max=32)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(k.value, say(*k.words)) for k in DocumentKind]
        self.name.label.text, self.kind.label.text = say("姓名", "Name"), say("证件类型", "Document type")
        self.number.label.text = say("证件号码", "Document number")


class AchievementForm(OrderForm):
    """A work of one's own."""

    kind = SelectField()
    name = TextField(validators=[needed("请填写名称", "Name it"), Length(max=80)])
    number = TextField(validators=[Length(max=40)])
    role = TextField(validators=[Length(max=60)])
    on = DateField(validators=[needed("请填写日期", "Say when")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(code, say(*words)) for code, words in ACHIEVEMENT_WORDS.items()]
        for field, zh, en in (
            (self.kind, "类别", "Kind"), (self.name, "名称", "Name"), (self.number, "软件著作权登记号", "Registration number of a copyright"),
            (self.role, "在项目中承担的工作", "Your part in a project"), (self.on, "登记或完成日期", "Registered or finished on"),
        ):  # fmt: skip
            field.label.text = say(zh, en)
