"""Whoever lives and teaches in the rehearsal's town: people, institutions with their courses and classes, batches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from skills.accounts.rules import OrganisationKind, Role, credit_check
from skills.accounts.states import AccountState, OrganisationState
from skills.courses.rules.classes import class_number
from skills.courses.rules.search import fold, grams
from skills.courses.states import ClassState, CourseState
from skills.kernel.clock import shanghai_day
from skills.oversight.rehearsal.book import MARK, NOWHERE, Book, Row, Secret
from skills.people.queries import likeness
from skills.people.rules import check_digit, mask_document
from skills.records.rules import Education, Standing, Work, day_of, to_json
from skills.standards.calendar import add_working_days
from skills.vouchers.rules import Graduation, Holder, Terms, ValueForm
from skills.vouchers.rules import ScopeForm as Scope
from skills.vouchers.rules import Standing as StandingHeld
from skills.vouchers.states import BatchState

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建国文辉力志永健世广义兴良海山仁波宁贵福生龙元全胜学祥"
DISTRICTS = ("500101", "500102", "500103", "500105", "500106", "500107", "500108", "500109", "500112", "500113")
TRADES = {
    "4-01-06-01": "电子商务运营", "4-04-05-01": "计算机程序设计", "4-04-05-05": "数据标注与人工智能训练",
    "4-07-02-05": "商务数据分析", "4-07-02-06": "用户增长运营",
}  # fmt: skip
MODELS = tuple(f"Mozilla/5.0 (Linux; Android {9 + n % 6}; phone-{n}) Mobile" for n in range(160))
CARRIERS = tuple(f"0.{236 + n // 40}.{n % 40}.{7 + n}" for n in range(90))  # a carrier's address stands for thousands
GROUPS = ("registered_unemployed", "rural_worker", "hard_to_employ", "veteran")
GRADUATE = "graduate_of_year"
WORKERS = "rural_worker"
BUREAU, CHECKER = "bureau-clerk", "bureau-checker"
LESSON = timedelta(hours=4, minutes=30)
APPROVAL = 5  # working days that an application for a class has waited at most (`class.approval`)
Span = tuple[datetime, datetime]


@dataclass
class Who:
    """A person: what a verdict is decided on, and from where this person goes online."""

    id: str
    account: str
    birth: date
    district: str
    group: str
    holder: Holder
    home: str
    model: str
    since: datetime
    opened: datetime

    @property
    def subject(self) -> str:
        return f"person:{self.id}"


@dataclass
class Body:
    """An institution with its clerk, its lecturers, its office line and where it teaches."""

    id: str
    name: str
    code: str
    clerk: str
    district: str
    since: datetime
    address: str
    line: str
    lecturers: list[str]
    row: Row
    courses: list[Row] = field(default_factory=list)
    proofs: dict[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"organisation:{self.id}"


@dataclass
class Sheet:
    """A batch and its terms."""

    row: Row
    terms: Terms

    @property
    def subject(self) -> str:
        return f"batch:{self.row['id']}"


class Town:
    """Makes whoever a history needs; every one different, the same for the same seed."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._serial = 0
        self._classes: dict[int, int] = {}
        self._phones = 0
        self._numbers: set[str] = set()
        self._taken: dict[str, list[Span]] = defaultdict(list)
        self.sessions: dict[str, list[Row]] = defaultdict(list)

    def phone(self) -> str:
        """A mobile number that nobody else has: none begins with 12."""
        self._phones += 1
        return f"12{self.book.draw.choice('3579')}{self._phones + 10_000_000:08d}"

    def line(self) -> str:
        """The address of a private line that nobody else has."""
        self._serial += 1
        return f"0.{self._serial >> 16 & 127}.{self._serial >> 8 & 255}.{self._serial & 255}"

    def person(
        self, *, group: str = "", born: tuple[int, int] = (0, 0), since: datetime | None = None, phone: str = "",
        surname: str = "", home: str = "", model: str = "", district: str = "", account_at: datetime | None = None,
        group_since: date | None = None, year: int = 0, proved: str = "compared", sex: str = "",
    ) -> Who:  # fmt: skip
        """Somebody who belongs to a group that may have vouchers.

        since       when the bureau's list brought this person in
        born        first and last year of birth; by the group if nothing is said
        year        of graduation, for graduates
        """
        book, draw = self.book, self.book.draw
        group = group or draw.choices((*GROUPS, GRADUATE), (34, 26, 8, 7, 25))[0]
        since = since or book.now - timedelta(days=draw.randrange(400, 900), minutes=draw.randrange(1440))
        year = year or book.today.year
        low, high = born if born[0] else ((year - 24, year - 21) if group == GRADUATE else (1972, 2003))
        birth = date(draw.randint(low, high), 1, 1) + timedelta(days=draw.randrange(365))
        sex, district = sex or draw.choice("MF"), district or draw.choice(DISTRICTS)
        self._serial += 1
        person_id, document_id, account_id = book.id(since), book.id(since), book.id(since)
        area = NOWHERE + district[2:]
        body = f"{area}{birth:%Y%m%d}{draw.randrange(1, 500) * 2 - (sex == 'M'):03d}"
        while (number := body + check_digit(body)) in self._numbers:
            birth += timedelta(days=1)
            body = f"{area}{birth:%Y%m%d}{draw.randrange(1, 500) * 2 - (sex == 'M'):03d}"
        self._numbers.add(number)
        name = (surname or draw.choice(SURNAMES)) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2))))
        phone = phone or self.phone()
        book.add(
            "person", id=person_id, name=Secret(name, f"person:{person_id}:name", person_id),
            birth=Secret(birth.isoformat(), f"person:{person_id}:birth", person_id), sex=sex, district=district,
            phone=Secret(phone, f"person:{person_id}:phone", person_id), phone_blind=book.digest("phone", phone),
            synthetic=True, registered_at=since, guardian_consent_at=None, guardian_form=None, likeness=likeness(book.box, name, birth),
            merged_into=None, erased_at=None,
        )  # fmt: skip
        book.add(
            "identity_document", id=document_id, person_id=person_id, kind="resident",
            number=Secret(number, f"identity_document:{document_id}:number", person_id),
            blind=book.box.blind("document:resident", number), masked=mask_document(number), valid_from=None, valid_to=None,
            added_at=since, added_by=BUREAU, ended_at=None,
        )  # fmt: skip
        opened = account_at or since + timedelta(days=draw.randrange(0, 60), minutes=draw.randrange(1440))
        book.add(
            "account", id=account_id, login=None, person_id=person_id, name="", state=AccountState.ACTIVE, password=None, totp=None,
            totp_confirmed=False, totp_step=0, email=None, email_at=None, synthetic=True, made_at=opened,
        )  # fmt: skip
        if group == GRADUATE:
            on = date(year, 6, 30)
            source = f"list:graduates-{year}"
            self.fact(person_id, "education", source, Education("bachelor", "软件工程", (), None, on, "嘉陵理工大学"), since, proved)
            holder = Holder(person_id, birth, graduations=(Graduation(on, "bachelor", f"{source}:{person_id}", proved),))
        else:
            begun, source = group_since or since.date() - timedelta(days=draw.randrange(20, 700)), f"list:{group}"
            self.fact(person_id, "standing", source, Standing(group, begun, None), since, proved)
            holder = Holder(person_id, birth, (StandingHeld(group, begun, None, f"{source}:{person_id}", proved),))
        home = home or (self.line() if draw.random() < 0.55 else draw.choice(CARRIERS))
        model = model or MODELS[min(int(draw.expovariate(1 / 32)), len(MODELS) - 1)]
        return Who(person_id, account_id, birth, district, group, holder, home, model, since, opened)

    def fact(
        self, person_id: str, kind: str, source: str, fact: Standing | Education | Work, at: datetime, strength: str = "compared"
    ) -> Row:
        """A fact of a person's record, from a list of the authority."""
        return self.book.add(
            "record_entry", id=self.book.id(at), person_id=person_id, kind=kind, source=f"{source}:{person_id}", body=to_json(fact),
            on_day=day_of(fact), strength=strength, added_by=BUREAU, added_at=at, withdrawn_at=None, withdrawn_why=None,
        )  # fmt: skip

    def body(
        self, name: str, *, since: datetime | None = None, state: str = OrganisationState.APPROVED, district: str = "",
        rep: str = "", address: str = "", founded: date | None = None, insured: int | None = None, registered: bool = True,
    ) -> Body:  # fmt: skip
        """An institution that the authority approved, and what the business register says of it.

        rep        document number of the legal representative; insured: for how many it pays social insurance
        """
        book, draw = self.book, self.book.draw
        since = since or book.now - timedelta(days=draw.randrange(420, 1500))
        district = district or draw.choice(DISTRICTS)
        self._serial += 1
        code = f"9{draw.choice('12')}{NOWHERE}{district[2:]}MA{self._serial:07d}"
        code += credit_check(code)
        body_id, clerk = book.id(since), book.id(since)
        row = book.add(
            "organisation", id=body_id, name=name + MARK, kind=OrganisationKind.INSTITUTION, credit_code=code, district=district, state=state,
            registered_at=since, decided_by=CHECKER,
        )  # fmt: skip
        book.add(
            "account", id=clerk, login=f"{MARK}{clerk}", person_id=None, name="教务", state=AccountState.ACTIVE, password=None,
            totp=None, totp_confirmed=True, totp_step=0, email=None, email_at=None, synthetic=True, made_at=since,
        )  # fmt: skip
        book.add(
            "membership", id=book.id(since), account_id=clerk, role=Role.INSTITUTION_CLERK, organisation_id=body_id, district=None,
            given_by=CHECKER, given_at=since, ended_at=None,
        )  # fmt: skip
        address = address or self.address()
        made = Body(body_id, row["name"], code, clerk, district, since, address, self.line(), [self.name() for _ in range(4)], row)
        if registered:
            self.register(made, rep or self.number(), since + timedelta(days=3), founded, insured)
        return made

    def register(self, body: Body, rep: str, at: datetime, founded: date | None = None, insured: int | None = None) -> Row:
        """What a clerk read of a body in the business register."""
        book, entry = self.book, self.book.id(at)
        at = min(at, book.now - timedelta(hours=1))
        return book.add(
            "register_entry", id=entry, organisation_id=body.id, legal_rep=Secret(self.name(), f"register_entry:{entry}:legal_rep"),
            legal_rep_blind=book.box.blind("legal_rep", rep), address=body.address,
            established_on=founded or body.since.date() - timedelta(days=book.draw.randrange(200, 4000)),
            insured=book.draw.randrange(6, 60) if insured is None else insured, entered_by=BUREAU, entered_at=at, ended_at=None,
        )  # fmt: skip

    def name(self) -> str:
        """The name of somebody who teaches or examines."""
        return self.book.draw.choice(SURNAMES) + "".join(self.book.draw.choices(GIVEN, k=2)) + MARK

    def number(self) -> str:
        """A document number of somebody who is not on the bureau's list."""
        draw = self.book.draw
        area = NOWHERE + draw.choice(DISTRICTS)[2:]
        body = f"{area}{draw.randint(1962, 1990)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}{draw.randrange(999):03d}"
        return body + check_digit(body)

    def address(self) -> str:
        """An address that nobody else has."""
        self._serial += 1
        return f"{self.book.draw.choice(('学府路', '松石大道', '人民路', '星光大道', '建设二路', '沙滨路'))}{self._serial}号{MARK}"

    def course(self, body: Body, title: str = "", occupation: str = "", fee: int = 0) -> Row:
        """A published course."""
        book, draw = self.book, self.book.draw
        occupation = occupation or draw.choice(tuple(TRADES))
        at = body.since + timedelta(days=draw.randrange(5, 20))
        title = title or f"{TRADES[occupation]}{draw.choice(('基础班', '实训班', '提高班', '项目班'))}"
        row = book.add(
            "course", id=book.id(at), institution_id=body.id, title=title, kind="skill", zone="", occupation=occupation,
            level=draw.choice((2, 2, 3, 4)), hours=draw.choice((24, 36, 48, 60)), fee=fee or draw.randrange(16, 34) * 10_000,
            standard="", description="", state=CourseState.PUBLISHED, reason="", submitted_by=body.clerk, submitted_at=at,
            decided_by=BUREAU, decided_at=at + timedelta(days=3), published_at=at + timedelta(days=3),
        )  # fmt: skip
        found, said = fold(title), fold("")
        book.add("course_text", course_id=row["id"], title=found, body=said)
        for gram in sorted(grams(found, said)):
            book.add("course_gram", gram=gram, course_id=row["id"])
        body.courses.append(row)
        return row

    def group(
        self, body: Body, starts: date, *, course: Row | None = None, seats: int = 0, days: int = 0, address: str = "", lecturer: str = "",
        hour: float = 0.0, room: str = "", proof: str = "",
    ) -> Row:  # fmt: skip
        """A class of a body: approved, and begun and finished as the days go by; six lessons a day of four and a half hours.

        Lecturer and room are such as are free at these hours in the whole town, unless they are named.
        """
        book, draw = self.book, self.book.draw
        course = course or draw.choice(body.courses)
        needed = course["hours"] // 6
        dates = [starts + timedelta(days=n) for n in range(needed + 2)]
        dates = (dates if hour >= 17 else [d for d in dates if d.weekday() < 6] or dates)[:needed]
        ends = max(dates[-1], starts + timedelta(days=days))
        at = book.at(starts, 9) - timedelta(days=draw.randrange(28, 40))
        self._classes[starts.year] = (self._classes.get(starts.year) or self.book.last("class_series", year=starts.year)) + 1
        over, begun = ends < book.today, starts <= book.today
        hour, address = hour or draw.choice((9.0, 9.0, 13.5)), address or body.address
        spans = [(begins, begins + LESSON) for begins in (book.at(d, hour).replace(microsecond=0) for d in dates)]
        lecturer = lecturer or self._free_lecturer(body, spans)
        room = room or self._free_room(address, spans)
        self._taken[lecturer] += spans
        self._taken[f"{address}\0{room}"] += spans
        row = book.add(
            "course_class", id=book.id(at), number=class_number(starts.year, self._classes[starts.year]), course_id=course["id"],
            institution_id=body.id, district=body.district, address=address, lecturer=lecturer,
            lecturer_proof=proof or self.proof(body, lecturer), assessment_plan="机考和实操，由外聘考评员评分", promised=True,
            seats=seats or draw.randrange(18, 42), taken=0, starts_on=starts, ends_on=ends,
            state=ClassState.FINISHED if over else ClassState.RUNNING if begun else ClassState.APPROVED, reason="",
            submitted_by=body.clerk, submitted_at=at + timedelta(hours=2), decided_by=BUREAU, decided_at=at + timedelta(days=2),
            due=add_working_days(shanghai_day(at), APPROVAL),
            started_at=book.at(starts, 8.5) if begun else None, finished_at=book.at(ends, 18) if over else None, cancelled_at=None,
        )  # fmt: skip
        for n, (begins, end) in enumerate(spans, 1):
            self.sessions[row["id"]].append(book.add(
                "class_session", id=book.id(at), class_id=row["id"], starts_at=begins, ends_at=end, room=room, topic=f"第{n}讲",
            ))  # fmt: skip
        return row

    def proof(self, body: Body, lecturer: str) -> str:
        """What a body files of a lecturer's qualification: title and number of the paper."""
        if lecturer not in body.proofs:
            title = self.book.draw.choice(("高级讲师", "讲师", "高级技师", "技师"))
            body.proofs[lecturer] = f"{title}，证书编号{self.book.draw.randrange(10**9, 10**10)}"
        return body.proofs[lecturer]

    def _free_lecturer(self, body: Body, spans: list[Span]) -> str:
        """One of the body's own who teaches nowhere else at these hours; a new one if all of them do."""
        free = [name for name in body.lecturers if self._is_free(name, spans)]
        while not free:
            body.lecturers.append(self.name())
            free = [name for name in body.lecturers[-1:] if self._is_free(name, spans)]
        return self.book.draw.choice(free)

    def _free_room(self, address: str, spans: list[Span]) -> str:
        """A room of a building in which nobody teaches at these hours."""
        while True:
            room = f"{self.book.draw.randrange(2, 7)}0{self.book.draw.randrange(1, 9)}室"
            if self._is_free(f"{address}\0{room}", spans):
                return room

    def _is_free(self, what: str, spans: list[Span]) -> bool:
        """Whether none of these spans meets one for which this is taken."""
        return not any(begins < end and other < until for other, end in self._taken[what] for begins, until in spans)

    def batch(
        self, title: str, groups: tuple[str, ...], first: date, last: date, *, face: int = 120_000, scope: Scope = Scope.GENERAL,
        district: str = "500112", count: int = 10_000, training_type: str = "employment",
    ) -> Sheet:  # fmt: skip
        """A batch by two people, open unless its time is over. Ceilings may be set once it is known what was used."""
        book = self.book
        at = book.at(first, 9) - timedelta(days=5)  # and opened on the evening before its first day
        closed = last < book.today
        row = book.add(
            "voucher_batch", id=book.id(at), title=title + MARK, programme="mantianxing", training_type=training_type, district=district,
            groups=list(groups), occupations=[], levels=[], zone="", institutions=[], claim_from=first, claim_until=last, life_months=3,
            face=face, percent=100, value_form=ValueForm.FACE, scope_form=scope, count_ceiling=count, money_ceiling=count * face,
            issued=0, committed=0, policy_source="渝人社〔2022〕189号", state=BatchState.CLOSED if closed else BatchState.OPEN,
            drafted_by=BUREAU, drafted_at=at, approved_by=CHECKER, approved_at=at + timedelta(days=1), opened_at=book.at(first, -7),
            closed_at=book.at(last, 23.5) if closed else None, issue_job=None, reach_job=None,
        )  # fmt: skip
        terms = Terms(row["id"], row["title"], groups, (), (), "", (), first, last, 3, face, 100, ValueForm.FACE, scope)
        return Sheet(row, terms)

    def close(self) -> None:
        """What stands at the end: the last number of each series of classes."""
        for year, last in self._classes.items():
            self.book.add("class_series", year=year, last=last)
