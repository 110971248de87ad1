"""Forms of settlement. Money in yuan with at most two decimals."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import Length

from skills.kernel.money import SUM
from skills.web.forms import MoneyField, OrderForm, TextField, needed, strip
from skills.web.pages import say


class AccountForm(OrderForm):
    """The account that an institution wants its money on."""

    holder = TextField(validators=[needed("请填写户名", "Enter the holder"), Length(max=80)])
    bank = TextField(validators=[needed("请填写开户银行和支行", "Enter the bank and its branch"), Length(max=80)])
    number = TextField(validators=[needed("请填写账号", "Enter the number"), Length(max=48)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.holder, "户名", "Holder"), (self.bank, "开户银行", "Bank"), (self.number, "账号", "Account number"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class OwnAccountForm(OrderForm):
    """A person's own account."""

    bank = TextField(validators=[needed("请填写开户银行和支行", "Enter the bank and its branch"), Length(max=80)])
    number = TextField(validators=[needed("请填写账号", "Enter the number"), Length(max=48)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bank.label.text = say("开户银行", "Bank")
        self.number.label.text = say("银行卡号", "Account number")


class ReasonForm(OrderForm):
    """Why: the institution reads it."""

    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give a reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.label.text = say("理由", "Reason")


class PaidForm(OrderForm):
    """What the bank's slip says."""

    amount = MoneyField(SUM, "请填写拨付金额", "Enter the sum")
    paid_on = DateField(validators=[needed("请填写拨付日期", "Enter the day")])
    reference = TextField(validators=[needed("请填写银行流水号", "Enter the bank's reference"), Length(max=60)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.amount, "拨付金额（元）", "Sum paid (yuan)"), (self.paid_on, "拨付日期", "Paid on"),
            (self.reference, "银行流水号", "Bank's reference"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class RepaidForm(OrderForm):
    """What the institution paid back by itself."""

    amount = MoneyField(SUM, "请填写退回金额", "Enter the sum")
    reference = TextField(validators=[needed("请填写银行流水号", "Enter the bank's reference"), Length(max=60)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.amount.label.text = say("退回金额（元）", "Sum paid back (yuan)")
        self.reference.label.text = say("银行流水号", "Bank's reference")


class SumBackForm(OrderForm):
    """How much is to come back."""

    amount = MoneyField(SUM, "请填写追回金额", "Enter the sum")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.amount.label.text = say("追回金额（元）", "Sum to come back (yuan)")


class ClawBackForm(SumBackForm):
    """How much is to come back, and why."""

    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give a reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.label.text = say("理由", "Reason")


class AdvanceForm(OrderForm):
    """How much is asked for before it is earned."""

    district = TextField(validators=[needed("请选择资金区县", "Choose the district"), Length(max=12)])
    amount = MoneyField(SUM, "请填写预拨金额", "Enter the sum")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.district.label.text = say("资金区县", "District")
        self.amount.label.text = say("预拨金额（元）", "Sum (yuan)")


class ObjectionForm(OrderForm):
    """An objection by real name."""

    name = TextField(validators=[needed("请填写真实姓名", "Enter your name"), Length(max=60)])
    contact = TextField(validators=[needed("请填写电话或邮箱", "Enter a phone number or mail address"), Length(max=120)])
    text = TextAreaField(filters=[strip], validators=[needed("请写明异议理由", "Say why you object"), Length(max=1000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.name, "您的真实姓名", "Your name"), (self.contact, "联系方式", "How to reach you"), (self.text, "异议理由", "Why"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class DecisionForm(OrderForm):
    """What an objection came to."""

    outcome = RadioField(validators=[needed("请选择一项", "Choose one")])
    reply = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give a reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = [("dismiss", say("不成立，恢复支付", "Not upheld: the line is paid")),
                                ("uphold", say("成立，不予支付", "Upheld: the line is not paid"))]  # fmt: skip
        self.outcome.label.text = say("结论", "Outcome")
        self.reply.label.text = say("理由", "Reason")
