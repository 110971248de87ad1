"""Forms of item banks and papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from skills.papers.rules.blueprints import MINUTES
from skills.papers.rules.items import KIND_WORDS, LONGEST_STEM, THINKING_WORDS, Kind, Question, Thinking
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import say


class BankForm(OrderForm):
    """A bank as it is opened."""

    title = TextField(validators=[needed("请填写题库名称", "Name the bank"), Length(max=60)])
    points = TextAreaField(filters=[strip], validators=[needed("请填写知识点", "Name the knowledge points"), Length(max=3000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title.label.text = say("题库名称", "Name of the bank")
        self.points.label.text = say("知识点（每行一个）", "Knowledge points (one a line)")


class PointsForm(OrderForm):
    """Further knowledge points."""

    points = TextAreaField(filters=[strip], validators=[needed("请填写知识点", "Name the knowledge points"), Length(max=3000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.points.label.text = say("增加知识点（每行一个）", "Further knowledge points (one a line)")


class ItemForm(OrderForm):
    """A question with its key."""

    kind = SelectField()
    stem = TextAreaField(filters=[strip], validators=[needed("请填写题干", "Write the question"), Length(max=LONGEST_STEM)])
    options = TextAreaField(filters=[strip], validators=[Length(max=3300)])
    answer = TextField(validators=[needed("请填写答案", "Give the answer"), Length(max=20)])
    tolerance = TextField(validators=[Length(max=20)])
    point = SelectField()
    thinking = SelectField()

    def __init__(self, points: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(k.value, say(*words)) for k, words in KIND_WORDS.items()]
        self.point.choices = [(p, p) for p in points]
        self.thinking.choices = [(t.value, say(*words)) for t, words in THINKING_WORDS.items()]
        for field, zh, en in (
            (self.kind, "题型", "Kind"), (self.stem, "题干", "Question"), (self.options, "选项（单选、多选：每行一个，依次为 A、B、C……）",
            "Options (of a choice: one a line, in the order A, B, C …)"), (self.answer, "答案", "Answer"), (self.tolerance, "允许误差（数值题）",
            "Tolerance (of a number)"), (self.point, "知识点", "Knowledge point"), (self.thinking, "认知层次", "Level of thinking"),
        ):  # fmt: skip
            field.label.text = say(zh, en)
        self.answer.description = say(
            "单选写一个字母，多选写全部字母，判断写“对”或“错”，数值写数字", "A letter; all letters; true or false; or a number"
        )

    def question(self) -> Question:
        """What `items.draft` wants to know."""
        options = tuple(line.strip() for line in (self.options.data or "").splitlines() if line.strip())
        return Question(
            Kind(self.kind.data), self.stem.data or "", options, self.answer.data or "", self.tolerance.data or "", self.point.data,
            Thinking(self.thinking.data),
        )  # fmt: skip


class ReviewForm(OrderForm):
    """What a reviewer says of a version."""

    outcome = RadioField(validators=[needed("请选择一项", "Choose one")])
    reason = TextAreaField(filters=[strip], validators=[Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = [("approve", say("通过", "Let it in")), ("send_back", say("退回修改", "Send it back"))]
        self.outcome.label.text = say("审题结论", "Outcome")
        self.reason.label.text = say("理由（退回须写明）", "Reason (needed to send it back)")


class ReasonForm(OrderForm):
    """Why an item is retired."""

    reason = TextAreaField(filters=[strip], validators=[needed("请写明理由", "Give a reason"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.label.text = say("停用理由", "Why it is retired")


class FileForm(OrderForm):
    """A file with items."""

    file = FileField()

    def __init__(self, zh: str = "文件（XLSX 或 CSV）", en: str = "File (XLSX or CSV)", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.file.label.text = say(zh, en)
        self.file.flags.required = True

    def validate_file(self, field: FileField) -> None:
        """There is a file."""
        if not field.data or not field.data.filename:
            raise ValidationError(say("请选择要上传的文件", "Choose the file to upload"))


class PackageForm(FileForm):
    """A QTI package, and where its items belong that do not say."""

    point = SelectField()
    thinking = SelectField()

    def __init__(self, points: Sequence[str], **kwargs: Any) -> None:
        super().__init__("QTI 3 包（zip）", "QTI 3 package (zip)", **kwargs)
        self.point.choices = [(p, p) for p in points]
        self.thinking.choices = [(t.value, say(*words)) for t, words in THINKING_WORDS.items()]
        self.point.label.text = say("包里没写知识点的题归入", "Knowledge point of items that do not say")
        self.thinking.label.text = say("包里没写认知层次的题归入", "Level of thinking of items that do not say")


class BlueprintForm(OrderForm):
    """A blueprint; its cells are fields of the page itself (views.papers)."""

    title = TextField(validators=[needed("请填写名称", "Give it a title"), Length(max=60)])
    minutes = IntegerField(validators=[needed("请填写考试时间", "Say how long it takes"), NumberRange(*MINUTES)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title.label.text = say("名称", "Title")
        self.minutes.label.text = say("考试时间（分钟）", "Minutes")


class DrawForm(OrderForm):
    """A paper to be drawn; for a resit, which papers were sat before."""

    after = SelectMultipleField(widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def __init__(self, forms: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.after.choices = list(forms)
        self.after.label.text = say("补考：考生已考过的试卷", "Resit: papers that were sat before")
