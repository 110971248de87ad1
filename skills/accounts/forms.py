"""Forms of signing in, of one's account, of staff and organisations."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import DateField, PasswordField, SelectField
from wtforms.validators import Length

from skills.accounts.rules import BUREAU, KIND_WORDS, ROLES_OF, WORDS, OrganisationKind, Role
from skills.people.rules import DocumentKind
from skills.web.forms import OrderForm, TextField, needed
from skills.web.pages import say

Words = dict[str, tuple[str, str]]


class WordedForm(OrderForm):
    """A form whose labels stand in `words`: field name → (Chinese, English)."""

    words: ClassVar[Words] = {}

    def __init__(self, **data: Any) -> None:
        super().__init__(data=data or None)
        for name, (zh, en) in self.words.items():
            self[name].label.text = say(zh, en)


class StaffSignInForm(WordedForm):
    """Login and password of a colleague."""

    words: ClassVar[Words] = {"login": ("账号", "Login"), "password": ("密码", "Password")}
    login = TextField(validators=[needed("请填写账号", "Enter your login"), Length(max=80)])
    password = PasswordField(validators=[needed("请填写密码", "Enter your password"), Length(max=128)])


class CodeForm(WordedForm):
    """A code of the authenticator."""

    words: ClassVar[Words] = {"code": ("动态验证码", "Authenticator code")}
    code = TextField(validators=[needed("请填写 6 位动态验证码", "Enter the six digits"), Length(max=20)])


class EmailForm(WordedForm):
    """A mail address."""

    words: ClassVar[Words] = {"address": ("新邮箱", "New mail address")}
    address = TextField(
        validators=[needed("请填写邮箱", "Enter a mail address"), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "email", "inputmode": "email"},
    )


class EmailCodeForm(WordedForm):
    """The code that was mailed."""

    words: ClassVar[Words] = {"code": ("邮件中的验证码", "Code in the mail")}
    code = TextField(
        validators=[needed("请填写 6 位验证码", "Enter the six digits"), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ForgottenForm(WordedForm):
    """The login of somebody who forgot the password."""

    words: ClassVar[Words] = {"login": ("账号", "Login")}
    login = TextField(validators=[needed("请填写账号", "Enter your login"), Length(max=80)])


class FindForm(WordedForm):
    """A document by which one person is found."""

    words: ClassVar[Words] = {
        "document_kind": ("证件类型", "Kind of document"),
        "document_number": ("证件号码", "Document number"),
    }
    document_kind = SelectField()
    document_number = TextField(validators=[needed("请填写证件号码", "Enter the document number"), Length(max=40)])

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)
        self.document_kind.choices = [(kind.value, say(*kind.words)) for kind in DocumentKind]


class DocumentForm(FindForm):
    """Who somebody is: name and document."""

    words: ClassVar[Words] = {"name": ("姓名", "Name"), **FindForm.words}
    name = TextField(validators=[needed("请填写姓名", "Enter your name"), Length(max=60)])


class PersonForm(DocumentForm):
    """A person who is put on record."""

    words: ClassVar[Words] = {
        **DocumentForm.words,
        "birth": ("出生日期", "Born on"),
        "sex": ("性别", "Sex"),
        "district": ("区县", "District"),
        "phone": ("手机号码", "Mobile number"),
        "seen": ("见到的材料（加密保存）", "What was seen (kept sealed)"),
    }
    birth = DateField(validators=[needed("请填写出生日期", "Enter the birth date")])
    sex = SelectField()
    district = SelectField()
    phone = TextField(validators=[Length(max=20)])
    seen = TextField(validators=[Length(max=200)])

    def __init__(self, districts: list[tuple[str, str]]) -> None:
        super().__init__()
        self.sex.choices = [("F", say("女", "Female")), ("M", say("男", "Male"))]
        self.district.choices = districts


class PhoneForm(DocumentForm):
    """Name, document, and the phone that is on record."""

    words: ClassVar[Words] = {**DocumentForm.words, "phone": ("手机号码", "Mobile number")}
    phone = TextField(validators=[needed("请填写手机号码", "Enter your mobile number"), Length(max=20)])


class SlipForm(DocumentForm):
    """Name, document, and the code on the activation slip."""

    words: ClassVar[Words] = {**DocumentForm.words, "code": ("激活码", "Code on the slip")}
    code = TextField(validators=[needed("请填写激活单上的激活码", "Enter the code on the slip"), Length(max=20)])


class PasswordForm(WordedForm):
    """A new password."""

    words: ClassVar[Words] = {"password": ("新密码", "New password")}
    password = PasswordField(validators=[needed("请填写新密码", "Enter a new password"), Length(max=200)])


class ChangePasswordForm(PasswordForm):
    """A new password beside the present one."""

    words: ClassVar[Words] = {"present": ("当前密码", "Present password"), "password": ("新密码", "New password")}
    present = PasswordField(validators=[needed("请填写当前密码", "Enter your present password"), Length(max=200)])


class OrganisationForm(WordedForm):
    """An organisation that registers."""

    words: ClassVar[Words] = {
        "name": ("单位全称", "Full name"),
        "kind": ("单位类型", "Kind"),
        "credit_code": ("统一社会信用代码", "Unified social credit code"),
        "district": ("所在区县", "District"),
    }
    name = TextField(validators=[needed("请填写单位全称", "Enter the full name"), Length(max=120)])
    kind = SelectField()
    credit_code = TextField(validators=[needed("请填写 18 位信用代码", "Enter the 18 characters"), Length(max=30)])
    district = SelectField()

    def __init__(self, districts: list[tuple[str, str]]) -> None:
        super().__init__()
        kinds = [kind for kind in OrganisationKind if kind is not OrganisationKind.BUREAU]
        self.kind.choices = [(kind.value, say(*KIND_WORDS[kind])) for kind in kinds]
        self.district.choices = districts


class StaffForm(WordedForm):
    """A colleague to be invited."""

    words: ClassVar[Words] = {"login": ("账号", "Login"), "name": ("姓名", "Name"), "role": ("角色", "Role")}
    login = TextField(validators=[needed("请填写账号", "Enter a login"), Length(max=80)])
    name = TextField(validators=[needed("请填写姓名", "Enter the name"), Length(max=60)])
    role = SelectField()

    def __init__(self, kind: str) -> None:
        super().__init__()
        roles = sorted(ROLES_OF[kind], key=list(Role).index)
        self.role.choices = [(role.value, say(*WORDS[role][:2])) for role in roles]


class AdministratorForm(WordedForm):
    """Who is let in first for an organisation."""

    words: ClassVar[Words] = {"login": ("账号", "Login"), "name": ("管理员姓名", "Administrator's name")}
    login = TextField(validators=[needed("请填写账号", "Enter a login"), Length(max=80)])
    name = TextField(validators=[needed("请填写姓名", "Enter the name"), Length(max=60)])


class RoleForm(WordedForm):
    """One more role for somebody of the authority."""

    words: ClassVar[Words] = {"role": ("角色", "Role"), "district": ("办理范围", "Where")}
    role = SelectField()
    district = SelectField()

    def __init__(self, districts: list[tuple[str, str]]) -> None:
        super().__init__()
        roles = sorted(BUREAU | {Role.JUDGE}, key=list(Role).index)
        self.role.choices = [(role.value, say(*WORDS[role][:2])) for role in roles]
        self.district.choices = [("", say("全市", "The whole city")), *districts]


class OfficialForm(RoleForm):
    """Somebody new at the authority."""

    words: ClassVar[Words] = {"login": ("账号", "Login"), "name": ("姓名", "Name"), **RoleForm.words}
    login = TextField(validators=[needed("请填写账号", "Enter a login"), Length(max=80)])
    name = TextField(validators=[needed("请填写姓名", "Enter the name"), Length(max=60)])


class KeyForm(OrderForm):
    """A form that only confirms."""
