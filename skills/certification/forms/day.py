"""Forms of the day of an exam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from skills.certification.rules.day import Found
from skills.certification.rules.exams import Section
from skills.people.rules import DocumentKind
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class LateForm(OrderForm):
    """Somebody who is added after the seats were given."""

    kind = SelectField()
    number = TextField(validators=[needed("请填写证件号码", "Give the document number"), Length(max=32)])
    reason = TextAreaField(filters=[strip], validators=[needed("请写明原因", "Give the reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(kind.value, say(*kind.words)) for kind in DocumentKind]
        for field, zh, en in (
            (self.kind, "证件类型", "Kind of document"), (self.number, "证件号码", "Document number"), (self.reason, "增补原因", "Reason"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class PresenceForm(OrderForm):
    """What an invigilator found of one candidate in one section."""

    section = SelectField()
    found = SelectField()

    def __init__(self, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.section.choices = [(s.value, say(*s.words)) for s in sections]
        self.found.choices = [(f.value, say(*f.words)) for f in Found]
        self.section.label.text = say("科目", "Section")
        self.found.label.text = say("核对结果", "What you found")


class RecordForm(OrderForm):
    """What else is to be said of a room."""

    remarks = TextAreaField(filters=[strip], validators=[Length(max=1000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.remarks.label.text = say("其他情况（没有可不填）", "Remarks (if any)")
