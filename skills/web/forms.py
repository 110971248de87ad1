"""Form base: every form that changes something carries its idempotency key; fields for ids, money and dates."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.i18n import get_translations
from wtforms.validators import InputRequired, Length, ValidationError

from skills.web.pages import fresh_key, lang, say


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


def strip(value: str | None) -> str:
    """A filter: the text without blanks around it; an empty text for none."""
    return (value or "").strip()


class TextField(StringField):
    """A line of text without blanks around it."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[strip], **kwargs)
