"""The skill passport: what is on record, how strongly, and what one adds on a promise."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue
from pydantic import Base64Bytes, BaseModel, Field
from wtforms import DateField, SelectField
from wtforms.validators import Length, Optional

from skills.kernel.box import Box
from skills.kernel.files import PAPERS
from skills.people.queries import person
from skills.records import actions, queries
from skills.records.papers import put_in
from skills.records.queries import EntryLine
from skills.records.rules import (
    GRADE_WORDS,
    SCHOOL_WORDS,
    LevelHeld,
)
from skills.records.rules.levels import LEVELS
from skills.records.rules.titles import OPENED_WORDS, TitleOpening
from skills.records.telling import describe, occupation_name
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.web.forms import OrderForm, TextField, needed
from skills.web.openapi import request_key
from skills.web.pages import MenuEntry, Room, db, go, lang, me, perform, say, settings, show, tell, today, tool

room = Room("records", __name__)
FACES = [room]
MENU = [
    MenuEntry("me", "/me/passport", "star", "技能档案", "Skill passport", may="passport.see"),
    MenuEntry("gov", "/gov/facts", "check", "经历比对", "Facts", may="fact.compare"),
]


class WorkForm(OrderForm):
    """One's own work, on a promise."""

    occupation = SelectField()
    employer = TextField(validators=[needed("请填写工作单位", "Name the employer"), Length(max=80)])
    since = DateField(validators=[needed("请填写开始日期", "Say since when")])
    until = DateField(validators=[Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.occupation.choices = _occupations()
        _label(self, occupation=("职业", "Occupation"), employer=("工作单位", "Employer"), since=("开始日期", "Since"),
               until=("结束日期", "Until"))  # fmt: skip


class SchoolForm(OrderForm):
    """One's own schooling, on a promise."""

    kind = SelectField()
    school = TextField(validators=[needed("请填写学校", "Name the school"), Length(max=80)])
    major = TextField(validators=[needed("请填写专业", "Name the major"), Length(max=60)])
    related = SelectField()
    graduated_on = DateField(validators=[needed("请填写毕业日期", "Say when you graduated or will")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(code, say(zh, en)) for code, (zh, en) in SCHOOL_WORDS.items()]
        self.related.choices = [("", say("没有对应的职业", "None")), *_occupations()]
        _label(self, kind=("学历", "Kind"), school=("学校", "School"), major=("专业", "Major"),
               related=("对应职业", "Related occupation"), graduated_on=("毕业日期", "Graduation"))  # fmt: skip


class TitleForm(OrderForm):
    """One's own professional title, on a promise."""

    grade = SelectField()
    title = TextField(validators=[needed("请填写职称名称", "Name the title"), Length(max=40)])
    occupation = SelectField()
    awarded_on = DateField(validators=[needed("请填写取得日期", "Say when it was awarded")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.grade.choices = [(code, say(zh, en)) for code, (zh, en) in GRADE_WORDS.items()]
        self.occupation.choices = _occupations()
        _label(self, grade=("职称级别", "Grade"), title=("职称名称", "Title"), occupation=("对应职业", "Related occupation"),
               awarded_on=("取得日期", "Awarded on"))  # fmt: skip


class LevelForm(OrderForm):
    """A level certificate that an older time or another body gave, on a promise; the counter fills it in too."""

    occupation = SelectField()
    old_code = TextField(validators=[Length(max=16)])
    level = SelectField()
    number = TextField(validators=[needed("请填写证书编号", "Give the number"), Length(max=40)])
    issuer = TextField(validators=[needed("请填写发证机构", "Name the issuer"), Length(max=80)])
    issued_on = DateField(validators=[needed("请填写发证日期", "Say when it was issued")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.level.choices = [(str(int(lv)), _level_words(lv)) for lv in LEVELS]
        self.occupation.choices = [("", say("按下面的旧编码", "By the old code below")), *_occupations("skill")]
        _label(self, occupation=("职业", "Occupation"), level=("等级", "Level"),
               old_code=("证书上的旧职业编码（如有）", "Old occupation code on it, if any"),
               number=("证书编号", "Certificate number"), issuer=("发证机构", "Issued by"), issued_on=("发证日期", "Issued on"))  # fmt: skip

    def order(self) -> dict[str, Any]:
        """What was filled in."""
        return {
            "occupation_code": self.old_code.data or self.occupation.data or "", "level": int(self.level.data), "number": self.number.data or "",
            "issuer": self.issuer.data or "", "issued_on": self.issued_on.data,
        }  # fmt: skip


class LevelBody(BaseModel):
    """A level certificate that was not issued here. level: rank 2 (五级) to 7 (特级技师)."""

    occupation_code: str = Field(max_length=16)
    level: int
    number: str = Field(max_length=40)
    issued_on: date
    issuer: str = Field(max_length=80)


class PapersBody(BaseModel):
    """PDF, JPEG or PNG in base64."""

    papers: list[Base64Bytes] = Field(max_length=3)


@room.get("/me/passport", may="passport.see")
def passport() -> ResponseReturnValue:
    return _passport()


@room.post("/me/facts/work", does=actions.promise_work, name="add_work")
def add_work() -> ResponseReturnValue:
    form = WorkForm(prefix="w-")
    if not form.validate_on_submit():
        return _passport(422, work=form)
    perform(
        actions.promise_work, form.key.data, occupation_code=form.occupation.data, since=form.since.data,
        until=form.until.data, employer=form.employer.data or "",
    )  # fmt: skip
    tell("已按本人承诺记入", "Recorded on your promise")
    return go("records.passport")


@room.post("/me/facts/education", does=actions.promise_education, name="add_education")
def add_education() -> ResponseReturnValue:
    form = SchoolForm(prefix="s-")
    if not form.validate_on_submit():
        return _passport(422, school=form)
    day = form.graduated_on.data
    done = day is not None and day <= today()
    perform(
        actions.promise_education, form.key.data, education_kind=form.kind.data, major=form.major.data or "",
        occupation_codes=(form.related.data,) if form.related.data else (), school=form.school.data or "",
        graduated_on=day if done else None, expected_on=None if done else day,
    )  # fmt: skip
    tell("已按本人承诺记入", "Recorded on your promise")
    return go("records.passport")


@room.post("/me/facts/title", does=actions.promise_title, name="add_title")
def add_title() -> ResponseReturnValue:
    form = TitleForm(prefix="t-")
    if not form.validate_on_submit():
        return _passport(422, title=form)
    perform(
        actions.promise_title, form.key.data, grade=form.grade.data, occupation_codes=(form.occupation.data,),
        awarded_on=form.awarded_on.data, name=form.title.data or "",
    )  # fmt: skip
    tell("已按本人承诺记入", "Recorded on your promise")
    return go("records.passport")


@room.post("/me/facts/level", does=actions.promise_level, name="add_level")
def add_level() -> ResponseReturnValue:
    form = LevelForm(prefix="l-")
    if not form.validate_on_submit():
        return _passport(422, level=form)
    perform(actions.promise_level, form.key.data, **form.order())
    tell("已按本人承诺记入", "Recorded on your promise")
    return go("records.passport")


@room.api("POST", "/me/facts/level", does=actions.promise_level, body=LevelBody, answers=actions.Added, status=201)
def state_level(body: LevelBody) -> actions.Added:
    """State a level certificate that an older time or another body gave, on a promise."""
    return perform(actions.promise_level, request_key(), **dict(body))


@room.post("/me/facts/<entry_id>/evidence", does=actions.prove, name="prove")
def prove(entry_id: str) -> ResponseReturnValue:
    key = OrderForm().key.data or ""
    sent = [f.stream.read() for f in request.files.getlist("papers") if f.filename]
    perform(actions.prove, key, entry_id=entry_id, papers=_put_in(key, sent))
    tell("证明材料已附上", "The papers are added")
    return go("records.passport")


@room.api("POST", "/me/facts/<entry_id>/evidence", does=actions.prove, body=PapersBody, answers=None)
def add_evidence(entry_id: str, body: PapersBody) -> None:
    """Add papers to what one stated oneself."""
    perform(actions.prove, request_key(), entry_id=entry_id, papers=_put_in(request_key(), list(body.papers)))


@room.get("/me/facts/<entry_id>/evidence/<paper_id>", may="fact.add")
def own_paper(entry_id: str, paper_id: str) -> ResponseReturnValue:
    """One of one's own papers."""
    return _paper(entry_id, paper_id, me().person_id)


@room.get("/gov/facts/<entry_id>/evidence/<paper_id>", may="fact.compare")
def promised_paper(entry_id: str, paper_id: str) -> ResponseReturnValue:
    """A paper of a stated fact, for who compares it."""
    return _paper(entry_id, paper_id, None)


def _put_in(key: str, found: list[bytes]) -> tuple[actions.Paper, ...]:
    limits = standards.value(db(), "fact.evidence", today())
    return put_in(tool(Box), settings().files_dir, key, found, int(limits["bytes"]), me().person_id)


def _paper(entry_id: str, paper_id: str, person_id: str | None) -> ResponseReturnValue:
    """A paper as a download, never shown inside the site and kept by nobody on the way."""
    kind, data = queries.paper(db(), tool(Box), settings().files_dir, entry_id, paper_id, person_id)
    answer = make_response(send_file(BytesIO(data), PAPERS[kind], as_attachment=True, download_name=f"evidence.{kind}"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@room.post("/me/facts/<entry_id>/take-back", does=actions.take_back, name="take_back")
def take_back(entry_id: str) -> ResponseReturnValue:
    perform(actions.take_back, OrderForm().key.data, entry_id=entry_id)
    tell("已撤回", "Taken back")
    return go("records.passport")


@room.get("/gov/facts", may="fact.compare")
def promised() -> ResponseReturnValue:
    """Promises that nobody compared yet, oldest first."""
    found = queries.promised(db())
    papers = queries.evidence_of(db(), [line.id for _, line in found])
    lines = [(person(db(), person_id), line, describe(line), papers.get(line.id, ())) for person_id, line in found]
    return show("records/promised.html", lines=lines, stated=actions.STATED_BY_PEOPLE)


@room.post("/gov/facts/<entry_id>/<strength>", does=actions.compare, name="compare")
def compare(entry_id: str, strength: str) -> ResponseReturnValue:
    perform(actions.compare, OrderForm().key.data, entry_id=entry_id, strength=strength)
    tell("已记录", "Noted")
    return go("records.promised")


@room.post("/gov/facts/<entry_id>/contradict", does=actions.contradict, name="contradict")
def contradict(entry_id: str) -> ResponseReturnValue:
    perform(actions.contradict, OrderForm().key.data, entry_id=entry_id, reason=request.form.get("reason", ""))
    tell("已记录，本人可以看到理由", "Noted; the person reads why")
    return go("records.promised")


@room.api("GET", "/me/titles", may="passport.see", answers=list[TitleOpening], by=("occupation", "level", "number"))
def my_titles() -> list[TitleOpening]:
    """Which professional titles one's levels open, and from which day."""
    return list(queries.titles(db(), me().person_id, today()))


@room.api("GET", "/me/passport", may="passport.see", answers=list[EntryLine])
def my_passport() -> list[EntryLine]:
    """One's own skill passport."""
    return list(queries.passport(db(), me().person_id))


def _passport(
    status: int = 200, work: WorkForm | None = None, school: SchoolForm | None = None, title: TitleForm | None = None,
    level: LevelForm | None = None,
) -> ResponseReturnValue:
    lines = queries.passport(db(), me().person_id)
    papers = queries.evidence_of(db(), [line.id for line in lines])
    best = max((int(x.fact.level) for x in lines if isinstance(x.fact, LevelHeld)), default=0)
    return show(
        "records/passport.html", status, lines=[(x, describe(x), papers.get(x.id, ())) for x in lines], stated=actions.STATED_BY_PEOPLE, best=best,
        work=work or WorkForm(prefix="w-"), school=school or SchoolForm(prefix="s-"), title=title or TitleForm(prefix="t-"),
        level=level or LevelForm(prefix="l-"),
        untrue=[(x, describe(x), why) for x, why in queries.contradicted(db(), me().person_id)],
        titles=[(x, describe_title(x), x.open(today())) for x in queries.titles(db(), me().person_id, today())],
    )  # fmt: skip


def describe_title(opening: TitleOpening) -> str:
    """What a level opens and since when its years run."""
    zh, en = OPENED_WORDS[opening.grade]
    level, name = opening.level, occupation_name(opening.occupation)
    return say(
        f"{name} · {zh}职称：持{level.wording}满{opening.years}年（自{opening.since.isoformat()}起算）",
        f"{name} · {en} title: {opening.years} full years with {level.english} (counted from {opening.since.isoformat()})",
    )


def _occupations(kind: str | None = None) -> list[tuple[str, str]]:
    return [(o.code, f"{o.code} {o.name}") for o in standards.occupations(db(), kind)]


def _level_words(level: Level) -> str:
    return level.wording if lang() == "zh" else level.english


def _label(form: OrderForm, **words: tuple[str, str]) -> None:
    for name, (zh, en) in words.items():
        form[name].label.text = say(zh, en)
