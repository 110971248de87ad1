"""What a body asks for its filing in force."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length, ValidationError

from skills.certification.forms import ScopeLineForm
from skills.web.forms import OrderForm, needed, strip
from skills.web.pages import say


class RenewalForm(OrderForm):
    """Another term, with what has to be said for it."""

    statement = TextAreaField(filters=[strip], validators=[Length(max=2000)])
    incentives = TextAreaField(filters=[strip], validators=[Length(max=2000)])
    promised = BooleanField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.statement.label.text = say("批次不足的书面说明", "Explanation, if there were too few exams")
        self.incentives.label.text = say(
            "与证书挂钩的待遇、岗位激励落实情况（用人单位填写）", "How pay and posts that hang on certificates were carried out (employers)"
        )


class AdditionForm(ScopeLineForm):
    """An occupation and levels to be added."""

    promised = BooleanField()


class WithdrawalForm(OrderForm):
    """A body's own end, with its grounds."""

    statement = TextAreaField(filters=[strip], validators=[needed("请填写注销理由", "Give the grounds"), Length(max=2000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.statement.label.text = say("注销理由", "Grounds")


class GridForm(OrderForm):
    """A norm as a table."""

    file = FileField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.file.label.text = say("文件（XLSX 或 CSV）", "File (XLSX or CSV)")
        self.file.flags.required = True

    def validate_file(self, field: FileField) -> None:
        """Something has to be chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(say("请选择要上传的文件", "Choose the file to upload"))
