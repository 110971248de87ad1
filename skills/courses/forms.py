"""Forms of courses, classes and places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from skills.courses.rules.attendance import MARK_WORDS, REASON_WORDS, SIDE_WORDS, Mark, Reason, Side
from skills.courses.rules.catalogue import FEE, LEADS_TO, MODES, SECTIONS
from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.rules.places import LEAVE_REASONS
from skills.courses.rules.timetable import read_timetable, split_names
from skills.courses.states import ADMISSION_WORDS, Admission
from skills.kernel.clock import SHANGHAI
from skills.kernel.errors import Refusal
from skills.resources.queries import lecturers as pool
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.training_standards import queries as norms
from skills.training_standards.queries import norm_words
from skills.web import i18n
from skills.web.forms import MoneyField, OrderForm, TextField, needed, strip
from skills.web.pages import db, lang, say


def _words(pairs: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(key, zh if lang() == "zh" else en) for key, (zh, en) in pairs.items()]


class CourseForm(OrderForm):
    """A course as its institution writes it."""

    title = TextField(validators=[needed("请填写课程名称", "Name the course"), Length(max=60)])
    kind = SelectField()
    zone = SelectField()
    occupation = SelectField()
    level = SelectField()
    hours = IntegerField(validators=[needed("请填写学时", "Say how many class hours"), NumberRange(1, 2000)])
    fee = MoneyField(FEE, "请填写费用", "Say what it costs")
    section = SelectField()
    mode = SelectField(default="onsite")
    leads_to = SelectField(default="completion")
    ability = TextField(validators=[Length(max=60)])
    standard_version = SelectField()
    standard = TextField(validators=[Length(max=120)])
    description = TextAreaField(filters=[strip], validators=[Length(max=4000)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices, self.zone.choices = _words(KINDS), _words(ZONES)
        self.standard_version.choices = [("", say("不选", "None"))] + [(s.id, f"{s.code} {s.title}") for s in norms.published(db())]
        chosen = self.standard_version.data or ""
        if chosen not in {code for code, _ in self.standard_version.choices} and (old := norms.named(db(), [chosen]).get(chosen)):
            self.standard_version.choices.append((old.id, say(*norm_words(old))))  # kept in view until another is chosen
        self.section.choices, self.mode.choices, self.leads_to.choices = _words(SECTIONS), _words(MODES), _words(LEADS_TO)
        self.occupation.choices = [(o.code, f"{o.code} {o.name}") for o in standards.occupations(db())]
        self.level.choices = [("", say("不分等级", "No level"))] + [
            (str(int(level)), level.wording if lang() == "zh" else level.english) for level in Level
        ]
        for field, zh, en in (
            (self.title, "课程名称", "Title"), (self.kind, "培训类型", "Kind of training"), (self.zone, "专区", "Zone"),
            (self.section, "栏目", "Section"), (self.mode, "授课方式", "How it is taught"), (self.leads_to, "取得证书", "Certificate"),
            (self.ability, "专项职业能力名称", "Specialised ability"),
            (self.occupation, "职业", "Occupation"), (self.level, "等级", "Level"), (self.hours, "学时", "Class hours"),
            (self.fee, "费用（元）", "Fee (yuan)"), (self.standard, "其他标准（没有发布的培训标准时填写）", "Another standard, if none is published"),
            (self.standard_version, "培训标准", "Training standard"),
            (self.description, "课程介绍", "Description"),
        ):
            field.label.text = say(zh, en)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> CourseForm:
        """The form filled in with what a course says."""
        level = str(int(said["level"])) if said["level"] else ""
        return cls(data={**said, "level": level, "fee": said["fee"] / 100, "standard_version": said["standard_version"] or ""})

    def order(self) -> dict[str, Any]:
        """What `catalogue.draft` wants to know."""
        return {
            "title": self.title.data, "kind": self.kind.data, "zone": self.zone.data,
            "occupation": self.occupation.data, "level": int(self.level.data) if self.level.data else None,
            "hours": self.hours.data, "fee": self.fee.cents, "standard": self.standard.data,
            "description": self.description.data, "section": self.section.data, "mode": self.mode.data,
            "leads_to": self.leads_to.data, "ability": self.ability.data or "", "standard_version": self.standard_version.data or None,
        }


class ClassForm(OrderForm):
    """A class as its institution plans it. `online`: its course is taught online, so that it may do without sessions and address."""

    district = SelectField()
    address = TextField(validators=[Length(max=120)])
    lecturer = TextField(validators=[needed("请填写授课教师", "Name the lecturer"), Length(max=200)])
    admits = SelectField(default=Admission.AT_ONCE)
    seats = IntegerField(validators=[needed("请填写名额", "Say how many seats"), NumberRange(1, 1000)])
    starts_on = DateField(validators=[needed("请填写开班日期", "Say when it begins")])
    ends_on = DateField(validators=[needed("请填写结班日期", "Say when it ends")])
    timetable = TextAreaField(filters=[strip], validators=[Length(max=20_000)])
    assessment_plan = TextAreaField(filters=[strip], validators=[Length(max=1000)])

    def __init__(self, online: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.online = online
        self.address.flags.required = not online
        self.admits.choices = _words({str(a): words for a, words in ADMISSION_WORDS.items()})
        self.district.choices = [(d.code, d.name) for d in standards.districts(db()) if d.kind != "city"]
        for field, zh, en in (
            (self.district, "区县", "District"), (self.address, "上课地址", "Address"),
            (self.lecturer, "授课教师", "Lecturers"),
            (self.admits, "录取方式", "How people are taken in"), (self.seats, "名额", "Seats"), (self.starts_on, "开班日期", "First day"),
            (self.ends_on, "结班日期", "Last day"), (self.timetable, "课表", "Timetable"),
            (self.assessment_plan, "结业考核方案", "Assessment plan"),
        ):
            field.label.text = say(zh, en)
        self.lecturer.description = say(
            "师资库内教师的姓名，几位用“、”隔开；重名时写成“姓名#编号”",
            "Names of the lecturer pool, several divided by commas; namesakes as “name#code”",
        )
        self.timetable.description = say(
            "每行一次课：2026-12-01 09:00-12:15 301室 课程内容。由别的教师上的课，在行末写 @姓名",
            "One lesson a line: 2026-12-01 09:00-12:15 Room301 topic. Taught by somebody else: @name at its end",
        )
        if online:
            self.address.description = say("没有线下课次的班不用填", "Not needed for a class without sessions in a room")
            self.timetable.description += say("。只有线上课件的班不用填", ". Not needed for a class of lessons online alone")

    def validate_address(self, field: Any) -> None:
        """Whoever comes to a session has to know where."""
        if not field.data and not (self.online and not self.timetable.data):
            raise ValidationError(say("请填写上课地址", "Say where it is taught"))


class PromiseForm(OrderForm):
    """The truth promise of an application."""

    promise = BooleanField()


class ReasonForm(OrderForm):
    """A decision with its reason."""

    reason = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])


class LeaveForm(OrderForm):
    """Why somebody leaves."""

    code = SelectField(validators=[needed("请选择退课原因", "Say why you leave")])
    words = TextAreaField(filters=[strip], validators=[Length(max=400), Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.code.choices = [("", say("请选择", "Please choose")), *_words(LEAVE_REASONS)]
        self.code.label.text = say("原因", "Reason")
        self.words.label.text = say("说明", "In your own words")


class EnrolForm(OrderForm):
    """The last tap: this class, with this voucher or none."""

    voucher = HiddenField(validators=[Length(max=26), Optional()])


class WishForm(OrderForm):
    """What should be corrected: the session, the side, what it should say, and why."""

    session = SelectField(validate_choice=False)
    learner = SelectField(validate_choice=False)
    mark = SelectField(validate_choice=False)
    reason = SelectField(validate_choice=False)
    words = TextAreaField(filters=[strip], validators=[needed("请说明情况", "Say what happened"), Length(max=400)])

    def offer(self, sessions: Any, check_out: bool, now: datetime) -> None:
        """Let people choose among sessions that have begun."""
        begun = [s for s in sessions if s.starts_at <= now]
        self.session.choices = [(s.session_id, f"{s.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} {s.room}") for s in begun]
        marks = [(Side.IN, mark) for mark in Mark] + ([(Side.OUT, Mark.ON_TIME), (Side.OUT, Mark.ABSENT)] if check_out else [])
        self.mark.choices = [(f"{side}:{mark}", f"{say(*SIDE_WORDS[side])} · {say(*MARK_WORDS[mark])}") for side, mark in marks]
        self.reason.choices = [(reason.value, say(*REASON_WORDS[reason])) for reason in Reason]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.session, "哪一节课", "Session"), (self.learner, "学员", "Learner"), (self.mark, "应改为", "It should say"),
            (self.reason, "原因", "Reason"), (self.words, "情况说明", "What happened"),
        ):
            field.label.text = say(zh, en)

    def order(self) -> dict[str, Any]:
        """Plain values; what was not among the choices is refused as something that cannot be corrected."""
        try:
            side, mark = (self.mark.data or "").split(":")
            return {"session_id": self.session.data or "", "side": Side(side), "mark": Mark(mark),
                    "reason": Reason(self.reason.data), "words": self.words.data or ""}  # fmt: skip
        except ValueError as error:
            raise Refusal("attendance_correction.not_possible") from error


class MakeupForm(OrderForm):
    """When and where a session is held again, as a line of a timetable."""

    when = TextField(validators=[Length(max=120)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.when.label.text = say("补课时间和教室", "Time and room of the make-up")
        self.when.description = say("例如 2026-12-01 09:00-12:15 301室", "For example 2026-12-01 09:00-12:15 Room301")

    def order(self) -> dict[str, Any]:
        """Times and room. Raises Refusal("class.timetable_unreadable")."""
        lessons = read_timetable(self.when.data or "")
        if len(lessons) != 1:
            raise Refusal("class.timetable_unreadable", line=1)
        lesson = lessons[0][0]
        return {"starts_at": lesson.starts_at, "ends_at": lesson.ends_at, "room": lesson.room}


class MoveForm(OrderForm):
    """How a session shall be held, as a line of a timetable, with who teaches it and why it is moved."""

    when = TextField(validators=[needed("请填写时间和教室", "Give time and room"), Length(max=160)])
    lecturers = TextField(validators=[Length(max=200)])
    address = TextField(validators=[Length(max=120)])
    reason = TextAreaField(filters=[strip], validators=[needed("请写明变更原因", "Say why"), Length(max=400)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.when, "变更后的时间和教室", "New time and room"), (self.lecturers, "授课教师", "Lecturers"),
            (self.address, "地址", "Address"), (self.reason, "变更原因", "Reason"),
        ):  # fmt: skip
            field.label.text = say(zh, en)
        self.when.description = say("例如 2026-12-01 09:00-12:15 301室", "For example 2026-12-01 09:00-12:15 Room301")
        self.lecturers.description = say("师资库内教师的姓名，几位用“、”隔开", "Names of the lecturer pool, divided by commas")

    @classmethod
    def of(cls, line: Any) -> MoveForm:
        """The form for a session as it now is."""
        starts, ends = line.starts_at.astimezone(SHANGHAI), line.ends_at.astimezone(SHANGHAI)
        when = f"{starts:%Y-%m-%d %H:%M}-{ends:%H:%M} {line.room}"
        return cls(data={"when": when, "lecturers": "、".join(name for _, name in line.teachers), "address": line.address})

    def order(self, session: Session) -> dict[str, Any] | None:
        """What `changes.move` wants to know; None if the form has errors, which it then shows."""
        field = self.when
        try:
            lessons = read_timetable(self.when.data or "")
            if len(lessons) != 1:
                raise Refusal("class.timetable_unreadable", line=1)
            field = self.lecturers
            known = pool.named(session, split_names(self.lecturers.data or ""))
        except Refusal as refusal:
            told = i18n.tell_refusal(refusal, lang())
            field.errors = [f"{told.text}{say('。', '. ')}{told.todo}"]
            return None
        lesson = lessons[0][0]
        return {"starts_at": lesson.starts_at, "ends_at": lesson.ends_at, "room": lesson.room, "lecturers": tuple(known.values()),
                "address": self.address.data or "", "reason": self.reason.data or ""}  # fmt: skip


class OrderContractForm(OrderForm):
    """An employer's contract for seats of a class."""

    employer = TextField(validators=[needed("请填写用人单位的统一社会信用代码", "Give the employer's credit code"), Length(18, 18)])
    number = TextField(validators=[needed("请填写合同编号", "Give the contract's number"), Length(max=40)])
    title = TextField(validators=[Length(max=40)])
    signed_on = DateField(validators=[needed("请填写签订日期", "Say when it was signed")])
    seats = IntegerField(validators=[needed("请填写名额", "Say how many seats"), NumberRange(1, 1000)])
    until = DateField(validators=[needed("请填写有效期", "Say until when it counts")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for field, zh, en in (
            (self.employer, "用人单位统一社会信用代码", "Employer's credit code"), (self.number, "合同编号", "Contract number"),
            (self.title, "冠名", "Named after"), (self.signed_on, "签订日期", "Signed on"), (self.seats, "预留名额", "Seats"),
            (self.until, "名额保留至", "Seats kept until"),
        ):  # fmt: skip
            field.label.text = say(zh, en)

    def order(self) -> dict[str, Any]:
        """What `orders.record` wants to know, without the employer."""
        return {name: self[name].data for name in ("number", "title", "signed_on", "seats", "until")}
