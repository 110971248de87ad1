"""The rules that change: every row with its source, what is proposed, what a proposal would change and from when."""

from __future__ import annotations

import json
from datetime import date
from itertools import groupby
from typing import Any

from flask.typing import ResponseReturnValue
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import Length

from skills.accounts.queries import name_of
from skills.desk.views.words import room
from skills.kernel.errors import Missing, Refusal
from skills.standards import actions
from skills.standards.queries import PolicyLine, policy_lines
from skills.standards.states import POLICY, PolicyState
from skills.web import i18n
from skills.web.forms import OrderForm, needed
from skills.web.pages import db, go, lang, perform, say, show, tell, today

STRENGTHS = {"S": ("有原文", "read in the source"), "K": ("通行做法", "general practice"), "I": ("推定", "inferred")}
FAMILIES = {
    "programme": ("行动计划目标", "The programme"), "voucher": ("培训券", "Vouchers"), "course": ("培训课程", "Courses"),
    "eligibility": ("申报条件", "Eligibility"), "filing": ("备案", "Filings"), "plan": ("认定计划", "Exam plans"),
    "exam": ("考试", "Exams"), "notice": ("公示", "Public notice"), "review": ("成绩复核", "Score reviews"),
    "incident": ("考试违纪", "Misconduct in exams"), "objection": ("异议", "Objections"), "number": ("编号", "Numbers"),
    "recognition": ("直接认定", "Recognitions"), "appointment": ("评聘", "Appointments"),
    "duty": ("考务人员", "Staff of exams"),
    "promotion": ("竞赛晋升", "Promotions"), "competition": ("技能竞赛", "Competitions"), "title": ("职称", "Titles"),
    "person": ("人员", "People"), "document": ("证件", "Documents"), "complaint": ("投诉举报", "Complaints"),
    "audit": ("证书抽查", "Samples of certificates"),
    "share": ("证书分享", "Links to certificates"), "look": ("联网查验", "Looks"), "radar": ("查验雷达", "Radar"),
    "national": ("国家查询系统", "The national query"), "sign_in": ("登录安全", "Signing in"), "care": ("证书后续事项", "After-care of certificates"),
    "attendance": ("考勤", "Attendance"), "erasure": ("删除个人信息", "Erasing people"), "oversight": ("反欺诈规则", "Fraud rules"),
    "statement": ("结算", "Settlement"), "class": ("开班与授课", "Classes"), "completion_exam": ("结业考核", "Completion exams"),
    "inspection": ("过程检查", "Inspections"), "learning": ("在线学习", "Learning online"), "return": ("数据报送", "Returns"),
    "training_standard": ("培训标准", "Training standards"), "seminar": ("高级研修", "Advanced seminars"),
    "registration": ("报名", "Registration for exams"), "hours": ("继续教育学时", "Continuing education"),
    "supervision": ("考试督导", "Supervision of exams"), "rectification": ("整改", "Putting right"), "trust": ("诚信分级", "Earned trust"),
    "retest": ("抽查复核", "Re-tests"),
    "ability": ("专项职业能力", "Specialised abilities"), "paper": ("试卷", "Papers"), "fact": ("经历与证明", "Facts and papers"),
}  # fmt: skip


class PolicyForm(OrderForm):
    """A new value of a rule."""

    value = TextAreaField(validators=[needed("请填写新值", "Write the new value"), Length(max=20_000)])
    valid_from = DateField(validators=[needed("请填写生效日期", "Write the first day")])
    source = TextAreaField(validators=[needed("请写明文件名称、文号和条款", "Name the document and clause"), Length(max=400)])
    strength = SelectField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.strength.choices = [(code, say(*words)) for code, words in STRENGTHS.items()]
        for field, zh, en in (
            (self.value, "新值", "New value"), (self.valid_from, "从哪天起", "From"), (self.source, "依据", "Source"),
            (self.strength, "依据程度", "Strength"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


@room.get("/gov/policies", may="gov.see", name="policies")
def listing() -> ResponseReturnValue:
    """Every rule with today's value, by subject; what waits for a second person comes first."""
    lines = policy_lines(db())
    current = [line for line in lines if _counts(line, today())]
    order = list(FAMILIES)
    current.sort(key=lambda line: (order.index(_family(line)), line.policy.name))
    families = [(say(*FAMILIES[name]), list(rows)) for name, rows in groupby(current, key=_family)]
    return show(
        "desk/policies.html", families=families, waiting=[line for line in lines if line.state == PolicyState.PROPOSED],
        coming=[line for line in lines if line.state == PolicyState.RELEASED and line.policy.valid_from > today()],
        **_words(),
    )  # fmt: skip


@room.get("/gov/policies/<name>", may="gov.see", name="policy")
def one(name: str) -> ResponseReturnValue:
    """One rule: its history, what is proposed, and the form to propose."""
    return _one(name, PolicyForm())


@room.post("/gov/policies/<name>", does=actions.propose, name="propose_policy")
def propose(name: str) -> ResponseReturnValue:
    """Propose a new value; it counts when another person has released it."""
    form = PolicyForm()
    if not form.validate_on_submit():
        return _one(name, form, 422)
    try:
        value = json.loads(form.value.data or "")
    except json.JSONDecodeError as error:
        raise Refusal("policy.value_unreadable") from error
    perform(
        actions.propose, form.key.data, name=name, value=value, valid_from=form.valid_from.data,
        source=form.source.data, strength=form.strength.data,
    )  # fmt: skip
    tell("已提出，待另一人复核", "Proposed; another person releases it")
    return go("desk.policy", name=name)


@room.post("/gov/policies/<name>/<policy_id>/release", does=actions.release, name="release_policy")
def release(name: str, policy_id: str) -> ResponseReturnValue:
    """Put a proposal into force from its day."""
    perform(actions.release, OrderForm().key.data, policy_id=policy_id)
    tell("已复核，按日期生效", "Released; it counts from its day")
    return go("desk.policy", name=name)


@room.post("/gov/policies/<name>/<policy_id>/withdraw", does=actions.withdraw, name="withdraw_policy")
def withdraw(name: str, policy_id: str) -> ResponseReturnValue:
    """Take a proposal back."""
    perform(actions.withdraw, OrderForm().key.data, policy_id=policy_id)
    tell("已撤回", "Taken back")
    return go("desk.policy", name=name)


def _one(name: str, form: PolicyForm, status: int = 200) -> ResponseReturnValue:
    history = policy_lines(db(), name)
    if not history:
        raise Missing("policy.unknown", name=name)
    current = next((line for line in history if _counts(line, today())), history[0])
    if not form.value.data:
        form.value.data = json.dumps(current.policy.value, ensure_ascii=False, indent=1)
    waiting = [line for line in history if line.state == PolicyState.PROPOSED]
    return show(
        "desk/policy.html", status, current=current, history=history, waiting=waiting, form=form,
        effects={line.id: changes(current.policy.value, line.policy.value) for line in waiting},
        who=lambda account: name_of(db(), account), state=lambda s: say(*POLICY.words[PolicyState(s)]), **_words(),
    )  # fmt: skip


def changes(held: Any, new: Any, at: str = "") -> list[tuple[str, str, str]]:
    """What differs between two values: (where, before, after); an empty text for what was not there."""
    if isinstance(held, dict) and isinstance(new, dict):
        return [c for key in {**held, **new} for c in changes(held.get(key), new.get(key), f"{at}.{key}".strip("."))]
    if isinstance(held, list) and isinstance(new, list) and all(isinstance(x, dict) for x in held + new):
        longest = max(len(held), len(new))
        pairs = [(held[i] if i < len(held) else None, new[i] if i < len(new) else None) for i in range(longest)]
        return [c for i, (a, b) in enumerate(pairs, 1) for c in changes(a, b, f"{at}[{i}]")]
    return [] if held == new else [(at, shown(held), shown(new))]


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, list) and all(isinstance(x, str | int) for x in value):
        return say("、", ", ").join(str(x) for x in value) or say("（空）", "(empty)")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def title(line: PolicyLine) -> str:
    """What a rule is called."""
    value = line.policy.value
    if isinstance(value, dict) and "zh" in value:
        return say(str(value["zh"]), str(value["en"]))
    return i18n.sentence(f"policy.title.{line.policy.name}", {}, lang()).text


def _words() -> dict[str, Any]:
    return {"shown": shown, "title": title, "strength": lambda code: say(*STRENGTHS[code])}


def _family(line: PolicyLine) -> str:
    return line.policy.name.split(".")[0]


def _counts(line: PolicyLine, day: date) -> bool:
    policy = line.policy
    return (
        line.state == PolicyState.RELEASED and policy.valid_from <= day
        and (policy.valid_to is None or day <= policy.valid_to)
    )  # fmt: skip
