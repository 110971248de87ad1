"""Forms of the complaints desk."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from skills.accounts import queries as accounts
from skills.complaints import queries
from skills.complaints.rules import LONGEST
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import db, say, today


class ComplaintForm(OrderForm):
    """A complaint as it is written."""

    kind = SelectField()
    about = SelectField()
    text = TextAreaField(
        filters=[strip], validators=[needed("请写明情况", "Say what happened"), Length(max=LONGEST)]
    )
    contact = TextField(validators=[Length(max=200)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(k.code, say(k.zh, k.en)) for k in queries.kinds(db(), today())]
        bodies = [o for o in accounts.organisations(db()) if o.kind != "bureau"]
        self.about.choices = [("", say("不涉及某个单位", "No organisation")), *((o.id, o.name) for o in bodies)]
        for field, zh, en in (
            (self.kind, "反映什么", "About what"), (self.about, "涉及单位", "About whom"),
            (self.text, "情况", "What happened"), (self.contact, "联系方式", "How to reach you"),
        ):
            field.label.text = say(zh, en)


class FollowForm(OrderForm):
    """Number and word of a receipt."""

    number = TextField(validators=[needed("请填写受理编号", "Enter the number"), Length(max=20)])
    word = TextField(validators=[needed("请填写查询码", "Enter the word"), Length(max=20)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.number.label.text = say("受理编号", "Receipt number")
        self.word.label.text = say("查询码", "Word")
