"""Forms of supervision."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from skills.supervision.rules import LONGEST
from skills.web.forms import OrderForm, needed, strip
from skills.web.pages import say


class DrawForm(OrderForm):
    """A draw of supervisors. `size` is for the authority alone."""

    since = DateField(validators=[needed("请填写起始日期", "From which day")])
    until = DateField(validators=[needed("请填写截止日期", "Until which day")])
    size = IntegerField(validators=[Optional(), NumberRange(1, 2_000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.since, "考试日期从", "Exams from"), (self.until, "至", "Until"), (self.size, "抽取场次数", "How many exams"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class WordsForm(OrderForm):
    """What somebody says."""

    text = TextAreaField(filters=[strip], validators=[needed("请填写", "Say it"), Length(max=LONGEST)])


class PhotoForm(OrderForm):
    """Pictures of the exam."""

    photos = MultipleFileField()
