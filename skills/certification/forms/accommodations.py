"""Forms of accommodations."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from skills.certification.rules.accommodations import KINDS, Needs
from skills.web.forms import OrderForm, needed, strip
from skills.web.pages import say


class NeedsForm(OrderForm):
    """What is needed."""

    extra_percent = IntegerField(default=0, validators=[Optional(), NumberRange(0, 100)])
    large_print = BooleanField()
    screen_reader = BooleanField()
    interpreter = BooleanField()
    step_free = BooleanField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.extra_percent.label.text = say("延长考试时间（%）", "More time (%)")
        for name, (zh, en) in KINDS.items():
            self[name].label.text = say(zh, en)

    @property
    def kinds(self) -> list[Any]:
        """The fields to tick."""
        return [self[name] for name in KINDS]

    def needs(self) -> Needs:
        """What was filled in."""
        return Needs(self.extra_percent.data or 0, **{name: bool(self[name].data) for name in KINDS})


class AskForm(NeedsForm):
    """What is needed, with a proof."""

    proof = FileField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.proof.label.text = say("证明（PDF 或照片）", "Proof (PDF or photograph)")
        self.proof.flags.required = True


class DecideForm(NeedsForm):
    """What is granted, and why."""

    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give the reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.label.text = say("理由（考生会看到）", "Reason (the candidate sees it)")
