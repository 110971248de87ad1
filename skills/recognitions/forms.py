"""Forms of a recognition."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from skills.recognitions.actions.drafts import RecognitionOrder
from skills.recognitions.rules import METHODS
from skills.web.forms import OrderForm, needed, strip
from skills.web.pages import say


class DraftForm(OrderForm):
    """Method, level, committee and people, on one page. The choices are what the firm may choose from.

    targets  (occupation|branch|level, words); members, people: (id, words)
    """

    method = SelectField()
    target = SelectField()
    chair = SelectField()
    members = SelectMultipleField(
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[needed("请选择评审委员会成员", "Choose the members of the committee")],
    )  # fmt: skip
    people = SelectMultipleField(
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[needed("请至少选择一名职工", "Choose at least one employee")],
    )  # fmt: skip

    def __init__(
        self, targets: list[tuple[str, str]], members: list[tuple[str, str]], people: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.method.choices = [(code, say(*words)) for code, words in METHODS.items()]
        self.target.choices, self.chair.choices, self.members.choices, self.people.choices = targets, members, members, people
        for field, zh, en in (
            (self.method, "认定方式", "Method"), (self.target, "职业、工种和等级", "Occupation, branch and level"),
            (self.chair, "主任委员", "Chair"),
            (self.members, "评审委员会（含主任委员，至少3人，单数）", "Committee with its chair: odd, three at least"),
            (self.people, "拟认定的职工", "Whom to recognise"),
        ):  # fmt: skip
            field.label.text = say(zh, en)

    def order(self) -> RecognitionOrder:
        """What was filled in; the chair is a member without being ticked twice."""
        code, branch, level = self.target.data.split("|")
        members = tuple(dict.fromkeys((self.chair.data, *self.members.data)))
        return RecognitionOrder(
            self.method.data, code, branch, int(level), tuple(self.people.data), self.chair.data, members
        )


class ReasonForm(OrderForm):
    """A reason."""

    reason = TextAreaField(filters=[strip], validators=[needed("请填写理由", "Give the reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.label.text = say("理由", "Reason")
