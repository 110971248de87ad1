"""Forms of the comprehensive review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, SelectField, TimeField
from wtforms.validators import NumberRange

from skills.certification.queries.rooms import RoomLine
from skills.web.forms import OrderForm, needed
from skills.web.pages import say


class TimesForm(OrderForm):
    """In which room defences begin, when, and how long each takes."""

    position = SelectField()
    begins = TimeField(validators=[needed("请填写开始时间", "Give the beginning")])
    minutes = IntegerField(validators=[needed("请填写每人分钟数", "Give the minutes for each"), NumberRange(1, 720)])

    def __init__(self, rooms: Sequence[RoomLine], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.position.choices = [(str(n), room.planned.name) for n, room in enumerate(rooms, 1)]
        for field, zh, en in (
            (self.position, "考场", "Room"), (self.begins, "第一人开始时间", "The first begins at"), (self.minutes, "每人分钟数", "Minutes for each"),
        ):  # fmt: skip
            field.label.text = say(zh, en)
