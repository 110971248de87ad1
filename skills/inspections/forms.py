"""Forms of inspections."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from skills.inspections.rules import LONGEST, WAY_WORDS, Way
from skills.inspections.states import OUTCOMES
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class DrawForm(OrderForm):
    """A plan of inspections. The classes of a draw by risk are ticked in the list."""

    purpose = TextField(validators=[needed("请说明检查事由", "Say what it is for"), Length(max=200)])
    way = RadioField(default=Way.RANDOM)
    since = DateField(validators=[needed("请填写起始日期", "From which day")])
    until = DateField(validators=[needed("请填写截止日期", "Until which day")])
    size = IntegerField(validators=[Optional(), NumberRange(1, 2_000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.way.choices = [(str(way), say(*words)) for way, words in WAY_WORDS.items()]
        for field, zh, en in (
            (self.purpose, "检查事由", "Purpose"), (self.way, "方式", "How"), (self.since, "从", "From"), (self.until, "至", "Until"),
            (self.size, "抽取班级数", "How many classes"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class WordsForm(OrderForm):
    """What somebody says."""

    text = TextAreaField(filters=[strip], validators=[needed("请填写", "Say it"), Length(max=LONGEST)])


class SignatureForm(OrderForm):
    """The institution's signature; what it says beside it may be left out."""

    text = TextAreaField(filters=[strip], validators=[Optional(), Length(max=LONGEST)])


class CountForm(OrderForm):
    """What the inspector sees on coming in."""

    session = SelectField()
    held = RadioField(default="yes")
    heads = IntegerField(validators=[Optional(), NumberRange(0, 2_000)])
    same_room = BooleanField(default=True)
    same_lecturer = BooleanField(default=True)
    seen = TextField(validators=[Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.held.choices = [("yes", say("正在上课", "A class is being held")), ("no", say("没有上课", "No class is held"))]
        for field, zh, en in (
            (self.session, "课次", "Lesson"), (self.held, "上课情况", "Is it held?"), (self.heads, "清点人数", "Heads counted"),
            (self.same_room, "在备案教室", "In the filed room"), (self.same_lecturer, "是备案教师授课", "The filed lecturer teaches"),
            (self.seen, "不一致的，写明教室和教师", "If not: which room, which lecturer"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class PhotoForm(OrderForm):
    """Pictures of the room."""

    photos = MultipleFileField()


class ProposeForm(WordsForm):
    """How an inspection ends."""

    outcome = RadioField(validators=[needed("请选择", "Choose one")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = [(str(code), say(zh, en)) for code, (zh, en, _) in OUTCOMES.items()]
        self.outcome.label.text = say("处理结果", "How it ends")
