"""A person's own page: the one next step, the voucher, the class under way, the certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.certification.queries import decisions, exams
from skills.certification.queries import promotions as promotion_queries
from skills.certification.states import SittingState
from skills.courses.queries import classes
from skills.courses.queries.classes import PlaceLine
from skills.courses.states import EnrolmentState
from skills.credentials import queries as credentials
from skills.credentials.queries import CertificateLine
from skills.vouchers import queries as vouchers
from skills.vouchers.queries import Offer, VoucherLine


@dataclass(frozen=True)
class Step:
    """What to do next, why, and where."""

    zh: str
    en: str
    text_zh: str
    text_en: str
    url: str
    action_zh: str
    action_en: str


@dataclass(frozen=True)
class Own:
    """All that the page of a person shows."""

    next: Step
    voucher: VoucherLine | None
    training: PlaceLine | None
    certificates: tuple[CertificateLine, ...]


def own(db: Session, person_id: str, day: date) -> Own:
    """The person's page, with the nearest step first."""
    held = vouchers.wallet(db, person_id, day)
    usable = next((v for v in held if v.usable), None)
    offers = [o for o in vouchers.offers(db, person_id, day) if o.verdict]
    places = classes.places_of(db, person_id)
    under_way = next((p for p in places if p.state in (EnrolmentState.ENROLLED, EnrolmentState.ATTENDING)), None)
    papers = tuple(credentials.of_person(db, person_id))
    step = (
        _exam_step(db, person_id)
        or _promotion_step(db, person_id, day)
        or _voucher_step(usable, offers)
        or _class_step(under_way)
        or _further(papers)
    )
    return Own(step, usable, under_way, papers)


def _exam_step(db: Session, person_id: str) -> Step | None:
    for mine in exams.my_exams(db, person_id):
        url = f"/me/applications/{mine.id}"
        title = mine.sitting.title
        if mine.state == "seated":
            return Step("去考试", "Sit the exam", f"{title}，座位 {mine.seat}", f"{title}, seat {mine.seat}", url,
                        "看准考证", "See the ticket")  # fmt: skip
        if mine.sitting.state in (SittingState.SCORED, SittingState.REVIEWED, SittingState.NOTICED):
            return Step("看成绩", "See your score", title, title, url, "查看", "Open")
        if mine.state in ("filed", "eligible", "examined"):
            return Step("考试进行中", "Your exam is under way", title, title, url, "查看", "Open")
    return None


def _promotion_step(db: Session, person_id: str, day: date) -> Step | None:
    used = {p.source for p in promotion_queries.of_person(db, person_id)}
    for placing, offer in decisions.offers(db, person_id, day):
        if offer.level is not None and placing.source not in used:
            return Step("申请晋升等级", "Apply for a promotion", f"{placing.competition} 第 {placing.rank} 名",
                        f"{placing.competition}, place {placing.rank}", "/me/promotions", "去申请", "Apply")  # fmt: skip
    return None


def _voucher_step(usable: VoucherLine | None, offers: list[Offer]) -> Step | None:
    if usable is not None:
        return Step("用券选课", "Use your voucher", f"有效期至 {usable.valid_until}", f"valid to {usable.valid_until}",
                    f"/courses?voucher={usable.id}", "选课", "Choose a course")  # fmt: skip
    if offers:
        return Step("领取培训券", "Claim your voucher", offers[0].title, offers[0].title,
                    f"/me/vouchers/claim/{offers[0].batch_id}", "领取", "Claim")  # fmt: skip
    return None


def _class_step(place: PlaceLine | None) -> Step | None:
    if place is None:
        return None
    return Step("上课", "Attend your class", f"{place.course}，{place.held.starts_on} 开班",
                f"{place.course}, begins {place.held.starts_on}", f"/me/courses/{place.id}", "看课表", "See the timetable")  # fmt: skip


def _further(papers: tuple[CertificateLine, ...]) -> Step:
    if papers:
        return Step("考更高的等级", "Go for the next level", "看看自己符合哪些考试的条件", "see which exams you are eligible for",
                    "/me/exams", "看考试", "See exams")  # fmt: skip
    return Step("先看看课程", "Have a look at the courses", "满天星专区的课程可以用培训券", "courses of the zone take vouchers",
                "/courses", "看课程", "See courses")  # fmt: skip
