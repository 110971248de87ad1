"""Forms of training standards."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import db, lang, say


class StandardForm(OrderForm):
    """A standard as it is begun: of which occupation, for which levels."""

    title = TextField(validators=[needed("请填写标准名称", "Name the standard"), Length(max=60)])
    occupation = SelectField()
    levels = SelectMultipleField(
        coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[needed("请选择等级", "Choose the levels")],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.occupation.choices = [(o.code, f"{o.code} {o.name}") for o in standards.occupations(db())]
        self.levels.choices = [(int(n), n.wording if lang() == "zh" else n.english) for n in Level]
        self.title.label.text = say("标准名称", "Title")
        self.occupation.label.text = say("职业", "Occupation")
        self.levels.label.text = say("等级", "Levels")


class TaskForm(OrderForm):
    """A task: one skill and one piece of knowledge a line, class hours for each of the eight levels."""

    name = TextField(validators=[needed("请填写任务名称", "Name the task"), Length(max=60)])
    skills = TextAreaField(filters=[strip], validators=[Length(max=4000), Optional()])
    knowledge = TextAreaField(filters=[strip], validators=[Length(max=4000), Optional()])
    hours_1 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])
    hours_2 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])
    hours_3 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])
    hours_4 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])
    hours_5 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])
    hours_6 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])
    hours_7 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])
    hours_8 = IntegerField(validators=[Optional(), NumberRange(0, 2000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name.label.text = say("工作任务", "Task")
        self.skills.label.text = say("技能要求（每行一条）", "Skills (one a line)")
        self.knowledge.label.text = say("相关知识（每行一条）", "Knowledge (one a line)")
        for level in Level:
            words = level.wording if lang() == "zh" else level.english
            self[f"hours_{int(level)}"].label.text = say(f"{words} 学时", f"Class hours, {words}")

    def order(self, levels: tuple[int, ...]) -> dict[str, Any]:
        """What `actions.put_task` wants to know, for the levels of the standard."""
        return {
            "name": self.name.data, "skills": self.skills.data or "", "knowledge": self.knowledge.data or "",
            "hours": {str(n): self[f"hours_{n}"].data or 0 for n in levels},
        }  # fmt: skip


class ExpertForm(OrderForm):
    """Who is named."""

    account = SelectField()


class InsteadForm(OrderForm):
    """Who is named instead of an expert who has not answered, and why."""

    account = SelectField()
    reason = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])


class OpinionForm(OrderForm):
    """What an expert says."""

    agrees = SelectField()
    words = TextAreaField(filters=[strip], validators=[Length(max=1000), Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.agrees.choices = [("yes", say("同意", "I agree")), ("no", say("不同意", "I do not agree"))]
        self.agrees.label.text = say("评审意见", "Opinion")
        self.words.label.text = say("说明（不同意须写明理由）", "Words (needed if you do not agree)")


class BackForm(OrderForm):
    """Why a version goes back."""

    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give a reason"), Length(max=400)])


class ObjectionForm(OrderForm):
    """An objection by real name."""

    name = TextField(validators=[needed("请填写真实姓名", "Enter your name"), Length(max=60)])
    contact = TextField(validators=[needed("请填写电话或邮箱", "Enter a phone number or mail address"), Length(max=120)])
    text = TextAreaField(filters=[strip], validators=[needed("请写明异议理由", "Say why you object"), Length(max=1000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name.label.text = say("您的真实姓名", "Your name")
        self.contact.label.text = say("联系方式", "How to reach you")
        self.text.label.text = say("对哪一条有异议、理由和建议", "What you object to, why, and what should stand there")


class DecisionForm(OrderForm):
    """What an objection came to."""

    outcome = RadioField(validators=[needed("请选择一项", "Choose one")])
    reply = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give a reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = [("dismiss", say("不成立，公示继续", "Not upheld: the notice goes on")),
                                ("uphold", say("成立，退回修改", "Upheld: the version goes back to its draft"))]  # fmt: skip
        self.outcome.label.text = say("结论", "Outcome")
        self.reply.label.text = say("理由（提出人凭回执可看到）", "Reason (its author reads it by the receipt)")
