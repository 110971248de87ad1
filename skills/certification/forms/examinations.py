"""Forms of the examination of applications."""

from __future__ import annotations

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import Length

from skills.certification.rules.examinations import MOST
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class AnswerForm(OrderForm):
    """What the candidate has added."""

    text = TextAreaField(filters=[strip], validators=[needed("请说明补充了什么", "Say what you have added"), Length(max=MOST)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text.label.text = say("补正说明", "What you have added")


class RefuseForm(OrderForm):
    """A no: the clause and the reason."""

    clause = TextField(validators=[needed("请写明条款", "Name the clause"), Length(max=200)])
    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give the reason"), Length(max=MOST)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.clause.label.text = say("依据的条款", "Clause")
        self.reason.label.text = say("理由（考生会看到）", "Reason (the candidate sees it)")
