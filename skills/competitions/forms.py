"""Forms of competitions."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import Length, NumberRange

from skills.accounts import queries as accounts
from skills.competitions.actions.planning import EventOrder
from skills.competitions.rules import TIERS
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.web.forms import OrderForm, TextField, needed
from skills.web.pages import db, lang, say


class CompetitionForm(OrderForm):
    """A competition with its first event; more events follow in the same form by asking for another row."""

    name = TextField(validators=[needed("请填写竞赛名称", "Name the competition"), Length(max=40)])
    series = TextField(validators=[Length(max=80)])
    tier = SelectField()
    organiser = SelectField()
    venue = TextField(validators=[needed("请填写地点", "Say where it takes place"), Length(max=200)])
    starts_on = DateField(validators=[needed("请填写开始日期", "Say when it begins")])
    ends_on = DateField(validators=[needed("请填写结束日期", "Say when it ends")])
    event = TextField(validators=[needed("请填写赛项名称", "Name the event"), Length(max=30)])
    occupation = SelectField()
    paper_level = SelectField()
    practical_weight = IntegerField(
        validators=[needed("请填写实操占比", "Say how much the practical part weighs"), NumberRange(0, 100)]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tier.choices = [(key, say(zh, en)) for key, (zh, en) in TIERS.items()]
        self.organiser.choices = [(o.id, o.name) for o in accounts.organisations(db(), state="approved")]
        self.occupation.choices = [(o.code, f"{o.code} {o.name}") for o in standards.occupations(db(), "skill")]
        self.paper_level.choices = [
            (str(int(level)), level.wording if lang() == "zh" else level.english) for level in Level if level.examined
        ]
        for field, zh, en in (
            (self.name, "竞赛名称", "Name"),
            (self.series, "所属系列", "Series"),
            (self.tier, "竞赛级别", "Tier"),
            (self.organiser, "主办单位", "Organiser"),
            (self.venue, "地点", "Venue"),
            (self.starts_on, "开始日期", "First day"),
            (self.ends_on, "结束日期", "Last day"),
            (self.event, "赛项", "Event"),
            (self.occupation, "职业", "Occupation"),
            (self.paper_level, "命题等级", "Level of the paper"),
            (self.practical_weight, "实操占比（%）", "Weight of the practical part (%)"),
        ):
            field.label.text = say(zh, en)

    def order(self) -> dict[str, Any]:
        """What `planning.plan` wants to know."""
        event = EventOrder(
            self.event.data or "", self.occupation.data, int(self.paper_level.data), self.practical_weight.data or 0
        )
        return {
            "name": self.name.data, "series": self.series.data, "tier": self.tier.data,
            "organiser_id": self.organiser.data, "venue": self.venue.data, "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data, "events": (event,),
        }  # fmt: skip


class EntryForm(OrderForm):
    """Entering an event: whom one competes for, if anybody."""

    delegation = TextField(validators=[Length(max=80)])
