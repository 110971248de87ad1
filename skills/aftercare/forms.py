"""Forms of after-care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from skills.accounts.queries import organisations
from skills.aftercare.rules import FIELDS, LONGEST, MAY_ORDER, REASONS_OF, CareKind, Proof
from skills.credentials.states import PAPER_REASONS, REASONS
from skills.web.forms import OrderForm, TextField, needed, strip
from skills.web.pages import db, say

WORDS = {**REASONS, **PAPER_REASONS}


def _words(form: OrderForm, **labels: tuple[str, str]) -> None:
    for name, (zh, en) in labels.items():
        form[name].label.text = say(zh, en)


class AskForm(OrderForm):
    """A request: its class of reason and what happened."""

    reason = SelectField()
    text = TextAreaField(filters=[strip], validators=[needed("请写明情况", "Say what happened"), Length(max=LONGEST)])

    def __init__(self, kind: CareKind) -> None:
        super().__init__()
        self.reason.choices = [(code, say(*WORDS[code])) for code in REASONS_OF[kind]]
        _words(self, reason=("原因", "Reason"), text=("情况说明", "What happened"))


class CorrectionForm(AskForm):
    """A request of the body to correct: every field that may be corrected on this kind of certificate."""

    holder_name = TextField(validators=[Length(max=60)])
    branch = TextField(validators=[Length(max=80)])
    award = TextField(validators=[Length(max=60)])
    hours = TextField(validators=[Length(max=10)])
    score = TextField(validators=[Length(max=10)])

    def __init__(self, kind: CareKind, certificate_kind: str, held: Mapping[str, str]) -> None:
        super().__init__(kind)
        for name, (kinds, words) in FIELDS.items():
            if certificate_kind in kinds:
                self[name].label.text = say(*words)
                self[name].description = say(f"现在：{held[name]}；不改就留空", f"Now: {held[name]}; leave empty to keep it")
            else:
                del self[name]

    @property
    def changes(self) -> dict[str, str]:
        """Field → its right text, for those that were filled in."""
        return {name: self[name].data for name in FIELDS if name in self and self[name].data}


class RevocationForm(AskForm):
    """A proposal to revoke."""

    urgent = BooleanField()

    def __init__(self) -> None:
        super().__init__(CareKind.REVOKE)
        _words(
            self,
            reason=("原因类别（会公开）", "Class of reason (public)"),
            text=("事实和依据（持证人会看到）", "Facts and rule (the holder reads them)"),
            urgent=("涉嫌弄虚作假且情况紧急：听取陈述申辩期间先暂停证书", "Urgent suspicion of fraud: suspend it while the holder is heard"),
        )


class ExamineForm(OrderForm):
    """The first hand: proofs seen, and a note."""

    proofs = SelectMultipleField(widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    note = TextAreaField(filters=[strip], validators=[Length(max=LONGEST)])

    def __init__(self, proofs: Sequence[Proof]) -> None:
        super().__init__()
        self.proofs.choices = [(p.code, say(p.zh, p.en)) for p in proofs]
        self.proofs.flags.required = True
        _words(self, proofs=("已查验的材料", "Proofs that I have seen"), note=("初审意见", "Note"))


class WordsForm(OrderForm):
    """One text: a reason, an answer, what was considered."""

    words = TextAreaField(filters=[strip], validators=[Length(max=LONGEST)])

    def __init__(self, zh: str = "", en: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words.label.text = say(zh, en)


class OrderingForm(OrderForm):
    """An order of the authority."""

    number = TextField(validators=[needed("请填写证书编号", "Enter the number of the certificate"), Length(max=40)])
    kind = SelectField()
    document = TextField(validators=[needed("请填写文号", "Enter the number of the document"), Length(max=60)])
    grounds = TextAreaField(filters=[strip], validators=[needed("请写明事实和依据", "State facts and rule"), Length(max=LONGEST)])

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = [(kind.value, say(*kind.words)) for kind in MAY_ORDER]
        _words(self, number=("证书编号", "Certificate number"), kind=("责令事项", "What is ordered"),
               document=("文号", "Number of the document"), grounds=("事实和依据（机构会看到）", "Facts and rule (the body reads them)"))  # fmt: skip


class SuccessorForm(OrderForm):
    """Who acts for a body that is gone."""

    gone = SelectField()
    successor = SelectField()
    document = TextField(validators=[needed("请填写文号", "Enter the number of the document"), Length(max=60)])

    def __init__(self) -> None:
        super().__init__()
        bodies = [o for o in organisations(db()) if o.kind != "bureau"]
        self.gone.choices = [(o.id, f"{o.name}（{o.state_zh}）") for o in bodies if o.state in ("suspended", "closed")]
        self.successor.choices = [(o.id, o.name) for o in bodies if o.state == "approved"]
        _words(self, gone=("已暂停或注销的机构", "Body that is gone"), successor=("承接机构", "Successor"),
               document=("文号", "Number of the document"))  # fmt: skip


class KeyForm(OrderForm):
    """A form that only confirms."""
