"""Forms of whom a body registers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, SelectField
from wtforms.validators import Length, Optional

from skills.certification.rules.filings import TIES
from skills.people.rules import DocumentKind
from skills.web.forms import OrderForm, TextField, needed
from skills.web.pages import say


class MemberForm(OrderForm):
    """Somebody who belongs to the body without being employed by it."""

    tie = SelectField()
    name = TextField(validators=[needed("请填写姓名", "Give the name"), Length(max=40)])
    kind = SelectField()
    number = TextField(validators=[needed("请填写证件号码", "Give the document number"), Length(max=32)])
    since = DateField(validators=[needed("请填写开始日期", "Give the first day")])
    until = DateField(validators=[Optional()])

    def __init__(self, ties: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tie.choices = [(tie, say(*TIES[tie])) for tie in ties]
        self.kind.choices = [(kind.value, say(*kind.words)) for kind in DocumentKind]
        for field, zh, en in (
            (self.tie, "与本单位的关系", "How they belong here"), (self.name, "姓名", "Name"), (self.kind, "证件类型", "Kind of document"),
            (self.number, "证件号码", "Document number"), (self.since, "开始日期", "Since"), (self.until, "结束日期", "Until"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class MemberEndForm(OrderForm):
    """The last day on which somebody belonged to the body."""

    until = DateField(validators=[needed("请填写最后一天", "Give the last day")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.until.label.text = say("最后一天", "Last day")
