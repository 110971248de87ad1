"""Forms of misconduct in exam rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from skills.certification.rules.exams import Section
from skills.certification.rules.incidents import IncidentCode
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class IncidentForm(OrderForm):
    """Who broke which rule in which section."""

    ticket = TextField(validators=[needed("请填写准考证号", "Give the ticket's number"), Length(max=26)])
    section = SelectField()
    code = SelectField()
    text = TextAreaField(filters=[strip], validators=[needed("请写明情况", "Write what you saw"), Length(max=400)])

    def __init__(self, sections: Sequence[Section], codes: Sequence[IncidentCode], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.section.choices = [(s.value, say(*s.words)) for s in sections]
        self.code.choices = [(one.code, say(one.zh, one.en)) for one in codes]
        for field, zh, en in (
            (self.ticket, "准考证号", "Ticket number"), (self.section, "科目", "Section"), (self.code, "情形", "Kind"),
            (self.text, "看到的情况", "What you saw"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class AnswerForm(OrderForm):
    """The candidate's word."""

    text = TextAreaField(filters=[strip], validators=[needed("请写明您的陈述", "Write your word"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text.label.text = say("您的陈述和申辩", "Your word")


class DecisionForm(OrderForm):
    """Why it is decided so."""

    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give the reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.label.text = say("理由（考生会看到）", "Reason (the candidate sees it)")
