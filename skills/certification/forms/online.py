"""Forms of theory on screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from skills.certification.rules.seating import PAPERS
from skills.papers.rules.runs import MOST_PAUSE
from skills.web.forms import OrderForm, TextField, needed
from skills.web.pages import say


class EnterForm(OrderForm):
    """The code by which a paper is begun, or goes on."""

    code = TextField(validators=[needed("请填写口令", "Type the code"), Length(max=12)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.code.label.text = say("口令", "Code")


class FormsForm(OrderForm):
    """Which form is sat under each letter; none under any: on paper."""

    paper_A = SelectField(validators=[Optional()])
    paper_B = SelectField(validators=[Optional()])
    paper_C = SelectField(validators=[Optional()])
    paper_D = SelectField(validators=[Optional()])

    def __init__(self, offered: Sequence[tuple[str, str]], papers: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.letters = [self[f"paper_{letter}"] for letter in PAPERS[:papers]]
        for letter in PAPERS:
            field = self[f"paper_{letter}"]
            field.choices = [("", say("不用机考", "not on screens")), *offered]
            field.label.text = say(f"{letter} 卷", f"Paper {letter}")

    def chosen(self) -> tuple[str, ...]:
        """The forms that were chosen, by letter."""
        return tuple(field.data for field in self.letters if field.data)


class PauseForm(OrderForm):
    """Time given back: to those who are ticked, or to everybody who sits."""

    who = SelectMultipleField(widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    minutes = IntegerField(validators=[needed("请填写分钟数", "Say how many minutes"), NumberRange(1, MOST_PAUSE)])
    reason = TextField(validators=[needed("请写明理由", "Give the reason"), Length(max=400)])

    def __init__(self, sit: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.who.choices = list(sit)
        self.who.label.text = say("给谁补时（都不勾选为全部在考人员）", "To whom (nobody ticked: everybody who sits)")
        self.minutes.label.text = say("补时（分钟）", "Minutes")
        self.reason.label.text = say("理由", "Reason")
