"""Forms of oversight."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, IntegerField, RadioField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from skills.oversight.rules.cases import LONGEST
from skills.oversight.states import ANSWER_WORDS
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class ReasonForm(OrderForm):
    """Why a case is decided as it is."""

    reason = TextAreaField(filters=[strip], validators=[Length(max=LONGEST)])


class AnswerForm(OrderForm):
    """Did this training take place for you?"""

    answer = RadioField(validators=[needed("请选择一项", "Choose one")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.answer.choices = [(code, say(*words)) for code, words in ANSWER_WORDS.items()]
        self.answer.label.text = say("你的答复", "Your answer")


class RegisterForm(OrderForm):
    """What the business register says."""

    legal_rep = TextField(validators=[needed("请填写法定代表人", "Enter the legal representative"), Length(max=60)])
    document = TextField(validators=[needed("请填写证件号码", "Enter the document number"), Length(max=32)])
    address = TextField(validators=[needed("请填写注册地址", "Enter the registered address"), Length(max=200)])
    established_on = DateField(validators=[Optional()])
    insured = IntegerField(validators=[Optional(), NumberRange(min=0, max=1_000_000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.legal_rep, "法定代表人", "Legal representative"), (self.document, "其证件号码", "Their document number"),
            (self.address, "注册地址", "Registered address"), (self.established_on, "成立日期", "Established on"),
            (self.insured, "参保人数", "People insured"),
        ):  # fmt: skip
            field.label.text = say(zh, en)
