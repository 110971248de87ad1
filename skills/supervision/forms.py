"""Forms of supervision."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from skills.supervision.rules import LONGEST
from skills.web.forms import OrderForm, TextField, needed, strip
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


class OrderToRectifyForm(WordsForm):
    """What is to be put right, within so many working days; of which body, unless a report says it."""

    body = SelectField(validators=[Optional()], validate_choice=False)
    days = IntegerField(validators=[Optional(), NumberRange(1, 200)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.body, "机构", "Body"), (self.text, "整改要求（机构会看到）", "What has to be put right (the body reads it)"),
            (self.days, "期限（工作日）", "Working days"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class AnswerForm(WordsForm):
    """What was done, with pictures."""

    photos = MultipleFileField()


class RecheckForm(WordsForm):
    """Whether it is right now; if not, within how many working days."""

    done = RadioField(validators=[needed("请选择", "Choose one")])
    days = IntegerField(validators=[Optional(), NumberRange(1, 200)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.done.choices = [("yes", say("已整改到位", "It is right now")), ("no", say("未到位，继续整改", "Not yet: it goes on"))]
        for field, zh, en in (
            (self.done, "复查结果", "Re-check"), (self.text, "复查情况", "What was seen"),
            (self.days, "继续整改的期限（工作日）", "Working days, if it goes on"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class RetestDrawForm(OrderForm):
    """A draw of certificates of one body."""

    body = SelectField()
    since = DateField(validators=[needed("请填写起始日期", "From which day")])
    until = DateField(validators=[needed("请填写截止日期", "Until which day")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.body, "机构", "Body"), (self.since, "考试日期从", "Exams from"), (self.until, "至", "Until"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class CallForm(OrderForm):
    """Day and place of a re-test."""

    held_on = DateField(validators=[needed("请填写日期", "On which day")])
    site = TextField(validators=[needed("请填写地点", "Where"), Length(max=200)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.held_on.label.text, self.site.label.text = say("日期", "Day"), say("地点", "Place")


class DecideForm(WordsForm):
    """A yes or a no with its reason."""

    yes = RadioField(validators=[needed("请选择", "Choose one")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.yes.choices = [("yes", say("是", "Yes")), ("no", say("否", "No"))]
        self.text.label.text = say("理由", "Reason")
