"""Forms of the complaints desk."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Length

from skills.accounts import queries as accounts
from skills.complaints import queries
from skills.complaints.papers import AT_ONCE
from skills.complaints.rules import LONGEST, LONGEST_REF, MATTERS
from skills.people.rules.counter import REASON_WORDS
from skills.standards.queries import value
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import db, say, today

ACCEPT = ".pdf,.jpg,.jpeg,.png"


class ComplaintForm(OrderForm):
    """A complaint as it is written; kind, matter and its number may be given by the page that leads here."""

    kind = SelectField()
    about = SelectField(default="")
    matter = SelectField(default="")
    ref = TextField(validators=[Length(max=LONGEST_REF)])
    text = TextAreaField(
        filters=[strip], validators=[needed("请写明情况", "Say what happened"), Length(max=LONGEST)]
    )
    papers = MultipleFileField()
    contact = TextField(validators=[Length(max=200)])
    unnamed = BooleanField()

    def __init__(self, **kwargs: Any) -> None:
        given = {name: request.args.get(name, "") for name in ("kind", "about", "matter", "ref")}
        super().__init__(data={name: told for name, told in given.items() if told}, **kwargs)
        self.kind.choices = [(k.code, say(k.zh, k.en)) for k in queries.kinds(db(), today())]
        bodies = [o for o in accounts.organisations(db()) if o.kind != "bureau"]
        self.about.choices = [("", say("不涉及某个单位", "No organisation")), *((o.id, o.name) for o in bodies)]
        self.matter.choices = [(code, say(*words)) for code, words in MATTERS.items() if code != "organisation"]
        for field, zh, en in (
            (self.kind, "反映什么", "About what"), (self.about, "涉及单位", "About whom"),
            (self.matter, "针对哪一件", "About which matter"), (self.ref, "编号或名称", "Its number or name"),
            (self.text, "情况", "What happened"), (self.papers, "材料（PDF、JPG、PNG）", "Papers (PDF, JPG, PNG)"),
            (self.contact, "联系方式", "How to reach you"), (self.unnamed, "不留姓名（匿名）", "Without my name (anonymous)"),
        ):  # fmt: skip
            field.label.text = say(zh, en)
        size = f"{value(db(), 'complaint.papers', today())['bytes'] / 1_000_000:g}"
        self.papers.description = say(
            f"最多 {AT_ONCE} 个，每个不超过 {size} MB", f"Up to {AT_ONCE}, each at most {size} MB"
        )


class CounterForm(ComplaintForm):
    """A complaint as a clerk writes it down; with a name it says why it is done at the counter."""

    reason = SelectField(default="", validators=[needed("请选择在窗口办理的原因", "Choose why it is done at the counter")])

    def __init__(self, *, named: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        del self.unnamed
        self.reason.choices = [("", say("请选择", "Choose")), *((code.value, say(*words)) for code, words in REASON_WORDS.items())]
        self.reason.label.text = say("为什么在窗口办理", "Why at the counter")
        self.contact.label.text = say("怎样联系投诉人", "How to reach the author")
        if not named:
            del self.reason


class FollowForm(OrderForm):
    """Number and word of a receipt."""

    number = TextField(validators=[needed("请填写受理编号", "Enter the number"), Length(max=20)])
    word = TextField(validators=[needed("请填写查询码", "Enter the word"), Length(max=20)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.number.label.text = say("受理编号", "Receipt number")
        self.word.label.text = say("查询码", "Word")
