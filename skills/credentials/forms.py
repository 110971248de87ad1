"""Forms of the issuing body."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from skills.credentials.states import REASONS
from skills.web.forms import OrderForm, needed
from skills.web.pages import say


class RevocationForm(OrderForm):
    """A proposal to revoke."""

    reason = SelectField()
    explanation = TextAreaField(
        validators=[needed("请写明事实和依据", "State the facts and the rule"), Length(max=1000)]
    )
    heard = TextAreaField(
        validators=[
            needed("请写明持证人的陈述申辩，或无法听取的原因", "Say what the holder stated, or why they could not be heard"),
            Length(max=1000),
        ]
    )

    def __init__(self) -> None:
        super().__init__()
        self.reason.choices = [(key, say(*words)) for key, words in REASONS.items()]
        self.reason.label.text = say("原因类别（会公开）", "Class of reason (public)")
        self.explanation.label.text = say("事实和依据（不公开）", "Facts and rule (not public)")
        self.heard.label.text = say("持证人的陈述申辩", "What the holder stated")


class KeyForm(OrderForm):
    """A form that only confirms."""
