"""Forms of the staff of an exam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField
from wtforms.validators import Length

from skills.accounts.queries import StaffLine
from skills.web.forms import OrderForm, TextField, needed
from skills.web.pages import say


class ReplaceForm(OrderForm):
    """Who takes over a duty, and why."""

    account_id = SelectField()
    reason = TextField(validators=[needed("请写明理由", "Give the reason"), Length(max=400)])

    def __init__(self, staff: Sequence[StaffLine], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.account_id.choices = [(s.account_id, s.name) for s in staff]
        self.account_id.label.text = say("换成", "Replaced by")
        self.reason.label.text = say("理由", "Reason")
