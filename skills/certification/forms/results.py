"""Forms of reviews and corrections of signed scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from skills.certification.rules.exams import Section
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class ReviewForm(OrderForm):
    """Which section is to be counted again, and why."""

    section = SelectField()
    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give your grounds"), Length(max=400)])

    def __init__(self, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.section.choices = [(s.value, say(*s.words)) for s in sections]
        self.section.label.text = say("科目", "Section")
        self.reason.label.text = say("理由", "Grounds")


class RecountForm(OrderForm):
    """A score as somebody reads it now, and the reason."""

    text = TextField(validators=[needed("请填写成绩", "Give the score"), Length(max=8)])
    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give the reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text.label.text = say("复核后的成绩（缺考填“缺考”）", "The score as counted again (absent: 缺考)")
        self.reason.label.text = say("理由（考生会看到）", "Reason (the candidate sees it)")
