"""Forms of the catalogue: what a learner says of a course."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from skills.courses.rules.ratings import MARKS
from skills.web.forms import OrderForm, strip
from skills.web.pages import lang, say


class RatingForm(OrderForm):
    """Five marks and a comment."""

    teaching = RadioField(validators=[InputRequired()])
    content = RadioField(validators=[InputRequired()])
    practice = RadioField(validators=[InputRequired()])
    service = RadioField(validators=[InputRequired()])
    usefulness = RadioField(validators=[InputRequired()])
    comment = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        words = {"5": say("5 很满意", "5 very good"), "4": "4", "3": say("3 一般", "3 fair"), "2": "2", "1": say("1 不满意", "1 poor")}
        for name, (zh, en) in MARKS.items():
            field = self[name]
            field.label.text = zh if lang() == "zh" else en
            field.choices = list(words.items())
            for validator in field.validators:
                if isinstance(validator, InputRequired):
                    validator.message = say("请选择一个分数", "Choose a mark")
        self.comment.label.text = say("想说的话", "In your own words")

    def order(self) -> dict[str, Any]:
        """What `ratings.give` wants to know."""
        return {name: int(self[name].data) for name in MARKS} | {"comment": self.comment.data or ""}


class WordsForm(OrderForm):
    """An answer in the institution's words."""

    words = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])
