"""Forms of lessons and of two places at once."""

from __future__ import annotations

from typing import Any

from wtforms import FileField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange

from skills.learning.rules.places import Counts
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class LessonForm(OrderForm):
    """A lesson as its institution writes it: a text in Markdown, or a file."""

    title = TextField(validators=[needed("请填写课件标题", "Name the lesson"), Length(max=80)])
    minutes = IntegerField(validators=[needed("请填写计时上限", "Say how many minutes count at most"), NumberRange(1, 600)])
    body = TextAreaField(filters=[strip])
    file = FileField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title.label.text = say("标题", "Title")
        self.minutes.label.text = say("最多计多少分钟", "Minutes that count at most")
        self.body.label.text = say("正文（Markdown）", "Text (Markdown)")
        self.file.label.text = say("或上传文件（MP4 视频、PDF）", "Or a file (MP4 video, PDF)")


class BackForm(OrderForm):
    """Why lessons are sent back."""

    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give the reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.label.text = say("退回理由", "Why they are sent back")


class DecideForm(OrderForm):
    """Which of two places counts, and why."""

    counts = RadioField()
    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give the reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.counts.choices = [
            (Counts.FIRST, say("第一处有效", "The first counts")), (Counts.SECOND, say("第二处有效", "The second counts")),
            (Counts.NEITHER, say("两处都不计", "Neither counts")),
        ]  # fmt: skip
        self.counts.label.text = say("认定", "Decision")
        self.reason.label.text = say("理由（学员和两边机构都会看到）", "Reason (learner and both institutions read it)")


class StepForm(OrderForm):
    """A step made by hand: the token that the page was given, and where the reader is now."""

    token = StringField()
    position = IntegerField()
