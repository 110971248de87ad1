"""Form base: every form that changes something carries its idempotency key; fields for ids, money and dates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import DecimalField, HiddenField, StringField
from wtforms.i18n import get_translations
from wtforms.validators import InputRequired, Length, ValidationError

from skills.kernel.errors import Refusal
from skills.kernel.money import Amount
from skills.web.i18n import tell_refusal
from skills.web.pages import fresh_key, lang, misread, say


def needed(zh: str, en: str) -> Any:
    """A validator that asks for a value in both languages."""

    def check(form: object, field: Any) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            raise ValidationError(say(zh, en))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


class OrderForm(FlaskForm):
    """A form that orders a change. `key` is drawn when the page is shown and sent back with it."""

    class Meta(FlaskForm.Meta):
        """The library's own sentences ("not a valid choice") in the visitor's language."""

        def get_translations(self, form: object) -> object:
            return get_translations([lang()])

    key = HiddenField(validators=[InputRequired(), Length(max=100)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if request.method == "GET" or not self.key.data:
            self.key.data = fresh_key()


    def validate(self, extra_validators: Any = None) -> bool:
        """As usual; and what somebody signed in ordered in a form that could not be read is kept as an attempt."""
        if bool(super().validate(extra_validators)):
            return True
        if request.method == "POST":
            misread("invalid_form", self.errors)
        return False


def strip(value: str | None) -> str:
    """A filter: the text without blanks around it; an empty text for none."""
    return (value or "").strip()


class MoneyField(DecimalField):
    """An amount in yuan, read by `kernel.money`, which must be given; `cents` is what was written, in 分."""

    def __init__(self, amount: Amount, zh: str, en: str, **kwargs: Any) -> None:
        super().__init__(places=2, validators=[needed(zh, en)], **kwargs)
        self.amount = amount

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; a fault is said in its own words."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = Decimal(self.amount.of_yuan(valuelist[0])) / 100
            except Refusal as no:
                told = tell_refusal(no, lang())
                raise ValueError(say(f"{told.text}。{told.todo}", f"{told.text}. {told.todo}")) from no

    @property
    def cents(self) -> int:
        """What was typed, in 分; 0 if nothing was."""
        return int((self.data or Decimal(0)) * 100)


class TextField(StringField):
    """A line of text without blanks around it."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[strip], **kwargs)
