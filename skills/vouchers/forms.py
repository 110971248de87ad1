"""Forms of batches and lists."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from skills.accounts import queries as accounts
from skills.kernel import sheets
from skills.kernel.errors import Refusal
from skills.people.rules import DocumentKind
from skills.standards import queries as standards
from skills.standards.rules import CITY, Level
from skills.vouchers.actions.batches import BatchOrder
from skills.vouchers.queries.people import GROUP, PROGRAMME, TYPE, named
from skills.vouchers.rules import FACE, MONEY, PAYEE_WORDS, SCOPE_WORDS, VALUE_WORDS, Payee, ScopeForm, ValueForm
from skills.web.forms import MoneyField, OrderForm, TextField, needed, strip
from skills.web.pages import db, lang, me, say, today


class TicksField(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class VoidForm(OrderForm):
    """Which voucher is taken back, and why."""

    voucher = TextField(validators=[needed("请填写券号", "Enter the voucher's number"), Length(max=40)])
    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give a reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.voucher.label.text = say("券号", "Voucher number")
        self.reason.label.text = say("理由", "Reason")


class BatchForm(OrderForm):
    """A batch as it is drafted. Money in yuan with at most two decimals."""

    title = TextField(validators=[needed("请填写批次名称", "Name the batch"), Length(max=60)])
    programme = SelectField()
    training_type = SelectField()
    district = SelectField()
    groups = TicksField()
    scope_form = SelectField()
    payee = SelectField()
    value_form = SelectField()
    face = MoneyField(FACE, "请填写面值", "Say what one is worth")
    percent = IntegerField(validators=[NumberRange(1, 100)])
    count_ceiling = IntegerField(validators=[needed("请填写数量上限", "Say how many at most"), NumberRange(1, 1_000_000)])
    money_ceiling = MoneyField(MONEY, "请填写资金上限", "Say how much money at most")
    claim_from = DateField(validators=[needed("请填写领取开始日", "Say from when")])
    claim_until = DateField(validators=[needed("请填写领取截止日", "Say until when")])
    life_months = IntegerField(validators=[needed("请填写有效期", "Say how many months"), NumberRange(1, 12)])
    occupations = SelectMultipleField()
    levels = TicksField()
    zone = SelectField()
    institutions = SelectMultipleField()
    policy_source = TextAreaField(
        filters=[strip], validators=[needed("请写明政策依据", "Name the policy it rests on"), Length(max=400)]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        day, which = today(), 0 if lang() == "zh" else 1
        for field, family in ((self.programme, PROGRAMME), (self.training_type, TYPE), (self.groups, GROUP)):
            field.choices = [(n.code, (n.zh, n.en)[which]) for n in named(db(), family, day)]
        mine = me().actor.districts_for("batch.draft")
        self.district.choices = [(d.code, d.name) for d in standards.districts(db()) if mine is None or d.code in mine]
        self.scope_form.choices = [(f.value, SCOPE_WORDS[f][which]) for f in reversed(ScopeForm)]
        self.payee.choices = [(p.value, PAYEE_WORDS[p][which]) for p in Payee]
        self.value_form.choices = [(f.value, VALUE_WORDS[f][which]) for f in ValueForm]
        self.occupations.choices = [(o.code, f"{o.code} {o.name}") for o in standards.occupations(db())]
        self.levels.choices = [(str(int(n)), n.wording if which == 0 else n.english) for n in Level]
        self.zone.choices = [("", say("不限", "Any")), ("mantianxing", say("满天星专区", "Mantianxing zone"))]
        self.institutions.choices = [
            (o.id, o.name) for o in accounts.organisations(db(), "institution", "approved")
        ]
        for name, (zh, en) in LABELS.items():
            self[name].label.text = say(zh, en)

    def order(self) -> BatchOrder:
        """What `batches.draft` wants to know."""
        return BatchOrder(
            title=self.title.data or "", programme=self.programme.data, training_type=self.training_type.data,
            district=self.district.data or CITY, groups=tuple(self.groups.data or ()),
            claim_from=self.claim_from.data, claim_until=self.claim_until.data,
            life_months=self.life_months.data or 0, face=self.face.cents,
            count_ceiling=self.count_ceiling.data or 0, money_ceiling=self.money_ceiling.cents,
            policy_source=self.policy_source.data or "", value_form=ValueForm(self.value_form.data),
            scope_form=ScopeForm(self.scope_form.data), payee=Payee(self.payee.data), percent=self.percent.data or 100,
            occupations=tuple(self.occupations.data or ()), levels=tuple(int(n) for n in self.levels.data or ()),
            zone=self.zone.data or "", institutions=tuple(self.institutions.data or ()),
        )


LABELS = {
    "title": ("批次名称", "Title"), "programme": ("项目", "Programme"), "training_type": ("培训类型", "Type of training"),
    "district": ("发券区县", "District"), "groups": ("发放人群", "Groups"), "scope_form": ("发放方式", "Given to"),
    "payee": ("补贴付给", "Paid to"), "value_form": ("券的类型", "Kind"), "face": ("面值（元，最高抵扣）", "Face value (yuan, the most it pays)"),
    "percent": ("抵用比例（%，只用于抵用券）", "Share (%, offset vouchers only)"),
    "count_ceiling": ("数量上限（张）", "At most (vouchers)"), "money_ceiling": ("资金上限（元）", "Money ceiling (yuan)"),
    "claim_from": ("领取开始日", "Claim from"), "claim_until": ("领取截止日", "Claim until"),
    "life_months": ("有效期（月，领取后）", "Life (months after the claim)"),
    "occupations": ("可用职业（不选为不限）", "Occupations (none chosen: any)"),
    "levels": ("可用等级（不选为不限）", "Levels (none chosen: any)"), "zone": ("专区", "Zone"),
    "institutions": ("可用机构（不选为全部已审核机构）", "Institutions (none chosen: all approved)"),
    "policy_source": ("政策依据", "Policy it rests on"),
}  # fmt: skip


class CeilingForm(OrderForm):
    """New ceilings of a batch. Money in yuan with at most two decimals."""

    count = IntegerField(validators=[needed("请填写追加后的数量上限", "Say how many at most"), NumberRange(1, 1_000_000)])
    money = MoneyField(MONEY, "请填写追加后的资金上限", "Say how much money at most")
    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Say why"), Length(max=400)])
    policy_source = TextAreaField(
        filters=[strip], validators=[needed("请写明资金依据", "Name the ground of the money"), Length(max=400)]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.count.label.text = say("追加后的数量上限（张）", "Then at most (vouchers)")
        self.money.label.text = say("追加后的资金上限（元）", "Then at most (yuan)")
        self.reason.label.text = say("理由", "Reason")
        self.policy_source.label.text = say("资金依据（文件名、文号）", "Ground of the money (document, number)")


class ListForm(OrderForm):
    """People by document: a table with a column 证件号码, or numbers, one a line."""

    file = FileField()
    numbers = TextAreaField(filters=[strip], validators=[Length(max=600_000), Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.file.label.text = say("名单文件（CSV 或 XLSX）", "List (CSV or XLSX)")
        self.numbers.label.text = say("或者每行写一个证件号码", "Or document numbers, one a line")

    def documents(self) -> tuple[tuple[str, str], ...]:
        """(kind, number) of each line. Raises what `sheets` refuses, or Refusal("voucher_batch.list_unreadable")."""
        upload = self.file.data
        if isinstance(upload, FileStorage) and upload.filename:
            return read_documents(upload.stream.read(sheets.MOST_BYTES + 1))
        lines = [line.strip() for line in (self.numbers.data or "").splitlines()]
        found = tuple((DocumentKind.RESIDENT.value, line) for line in lines if line)
        if not found:
            raise Refusal("voucher_batch.list_unreadable")
        return found


KIND_WORDS = {kind.words[0]: kind.value for kind in DocumentKind}
NUMBER, KIND = "证件号码", "证件类型"


def read_documents(data: bytes) -> tuple[tuple[str, str], ...]:
    """Documents of a table with a column 证件号码 and, if not all are resident cards, one 证件类型."""
    head, *rows = sheets.read(data).rows
    names = [re.sub(r"\s", "", cell) for cell in head]
    if NUMBER not in names:
        raise Refusal("voucher_batch.list_unreadable")
    at, kind_at = names.index(NUMBER), names.index(KIND) if KIND in names else None
    found = []
    for cells in rows:
        number = cells[at].strip() if at < len(cells) else ""
        kind = cells[kind_at].strip() if kind_at is not None and kind_at < len(cells) else ""
        if number:
            found.append((KIND_WORDS.get(kind, DocumentKind.RESIDENT.value), number))
    return tuple(found)
