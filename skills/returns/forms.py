"""Forms of returns."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import SelectField

from skills.returns.rules import Kind
from skills.web.forms import OrderForm, needed
from skills.web.pages import say


class UploadForm(OrderForm):
    """A file and what it reports."""

    kind = SelectField(validators=[needed("请选择报送种类", "Choose the kind of return")])
    file = FileField()

    def __init__(self, kinds: Sequence[Kind]) -> None:
        super().__init__()
        self.kind.choices = [(k.name, say(k.zh, k.en)) for k in kinds]
        self.kind.label.text = say("报送种类", "Kind of return")
        self.file.label.text = say("文件（XLSX 或 CSV）", "File (XLSX or CSV)")
        self.file.flags.required = True

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            from wtforms.validators import ValidationError

            raise ValidationError(say("请选择要上传的文件", "Choose the file to upload"))
