"""Forms of the lecturer pool and of the register of training platforms."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from skills.people.rules import DocumentKind
from skills.resources.rules import PLATFORM_KINDS, QUALIFICATION_KINDS, STRENGTH_WORDS, QualificationPlan
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import db, lang, say


def _label(form: OrderForm, *words: tuple[str, str, str]) -> None:
    for name, zh, en in words:
        form[name].label.text = say(zh, en)


def _jobs(none: tuple[str, str]) -> list[tuple[str, str]]:
    return [("", say(*none)), *((o.code, f"{o.code} {o.name}") for o in standards.occupations(db()))]


class LecturerForm(OrderForm):
    """A person proposed for the pool, with one qualification; more are stated by proposing again."""

    name = TextField(validators=[needed("请填写姓名", "Give the name"), Length(max=40)])
    document_kind = SelectField()
    document_number = TextField(validators=[needed("请填写证件号码", "Give the document number"), Length(max=32)])
    occupation = SelectField(validators=[needed("请选择主讲职业", "Choose what the person teaches")])
    kind = SelectField()
    title = TextField(validators=[needed("请填写证书或职称名称", "Name the certificate or title"), Length(max=60)])
    level = SelectField()
    issuer = TextField(validators=[Length(max=60)])
    number = TextField(validators=[Length(max=60)])
    valid_until = DateField(validators=[Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.document_kind.choices = [(k.value, say(*k.words)) for k in DocumentKind]
        self.occupation.choices = _jobs(("请选择", "Please choose"))
        self.kind.choices = [(key, say(*words)) for key, words in QUALIFICATION_KINDS.items()]
        self.level.choices = [("", say("不分等级", "No level"))] + [
            (str(int(level)), level.wording if lang() == "zh" else level.english) for level in Level
        ]
        _label(
            self, ("name", "姓名", "Name"), ("document_kind", "证件类型", "Document"), ("document_number", "证件号码", "Document number"),
            ("occupation", "主讲职业", "Teaches"), ("kind", "资质类别", "Kind of qualification"),
            ("title", "证书、职称名称", "Certificate or title"), ("level", "等级", "Level"), ("issuer", "发证机构", "Issued by"),
            ("number", "证书编号", "Number"), ("valid_until", "有效期至", "Valid until"),
        )  # fmt: skip
        self.number.description = say("行业专家可不填；编号不公开", "Experts of the trade need none; it is never public")

    def order(self) -> dict[str, Any]:
        """What `lecturers.propose` wants to know."""
        plan = QualificationPlan(
            self.kind.data, self.title.data, int(self.level.data) if self.level.data else None, self.occupation.data,
            self.issuer.data, self.number.data, self.valid_until.data,
        )  # fmt: skip
        return {
            "name": self.name.data, "document_kind": self.document_kind.data, "document_number": self.document_number.data,
            "occupations": (self.occupation.data,), "qualifications": (plan,),
        }


class ConfirmForm(OrderForm):
    """How the papers were proven."""

    strength = SelectField()
    source = TextField(validators=[Length(max=80)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.strength.choices = [(s, say(*STRENGTH_WORDS[s])) for s in ("seen", "compared")]
        _label(self, ("strength", "核验方式", "Proven by"), ("source", "比对来源或核验地点", "Compared with, or seen where"))


class ReasonForm(OrderForm):
    """A decision with its reason."""

    reason = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _label(self, ("reason", "理由", "Reason"))


class PlatformForm(OrderForm):
    """An entry proposed for the register."""

    kind = SelectField()
    name = TextField(validators=[needed("请填写名称", "Name it"), Length(max=60)])
    organisation = TextField(validators=[needed("请填写建设单位", "Name who runs it"), Length(max=60)])
    district = SelectField()
    address = TextField(validators=[needed("请填写地址", "Give the address"), Length(max=120)])
    occupation = SelectField()
    second = SelectField()
    recognised_by = TextField(validators=[needed("请填写认定单位", "Say who recognised it"), Length(max=60)])
    document = TextField(validators=[Length(max=60)])
    recognised_on = DateField(validators=[needed("请填写认定日期", "Say when")])
    recognised_until = DateField(validators=[Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(key, say(*words)) for key, words in PLATFORM_KINDS.items()]
        self.district.choices = [(d.code, d.name) for d in standards.districts(db()) if d.kind != "city"]
        self.occupation.choices = self.second.choices = _jobs(("不限", "Any"))
        _label(
            self, ("kind", "类别", "Kind"), ("name", "名称", "Name"), ("organisation", "建设单位", "Organisation"),
            ("district", "区县", "District"), ("address", "地址", "Address"), ("occupation", "面向职业", "Occupation"),
            ("second", "另一个职业", "Another occupation"), ("recognised_by", "认定单位", "Recognised by"),
            ("document", "认定文号", "Document"), ("recognised_on", "认定日期", "Recognised on"), ("recognised_until", "有效期至", "Until"),
        )  # fmt: skip

    def order(self) -> dict[str, Any]:
        """What `platforms.propose` wants to know."""
        names = ("kind", "name", "organisation", "district", "address", "recognised_by", "document", "recognised_on", "recognised_until")
        jobs = tuple(code for code in (self.occupation.data, self.second.data) if code)
        return {**{name: self[name].data for name in names}, "occupations": jobs}
