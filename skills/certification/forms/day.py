"""Forms of the day of an exam."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

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
