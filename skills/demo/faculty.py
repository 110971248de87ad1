"""Lecturers of the demo: people of an institution's own, in the pool before they teach."""

from __future__ import annotations

from datetime import date

from skills.demo import cast
from skills.demo.stage import Stage
from skills.demo.synthetic import GIVEN, SURNAMES, check_digit
from skills.people.actions import register_person
from skills.people.rules import DocumentKind
from skills.resources.actions import lecturers
from skills.resources.rules import QualificationPlan

TITLES = ("高级讲师", "副教授", "高级工程师", "讲师", "工程师")
JOBS = ("4-04-05-01", "4-04-05-02", "4-04-05-05", "4-04-04-02")


def teacher(stage: Stage, known: list[str], by: str, turn: int) -> str:
    """The lecturer who takes an institution's class if `turn` others begin on that day; put into the pool when first needed."""
    while len(known) <= turn:
        known.append(_new(stage, by, len(known)))
    return known[turn]


def _new(stage: Stage, by: str, order: int) -> str:
    lecturer_id = propose(stage, by, order)
    stage.act(lecturers.confirm, "gov-clerk", lecturer_id=lecturer_id, strength="seen", source="窗口核验原件")
    return lecturer_id


def propose(stage: Stage, by: str, order: int) -> str:
    """A person of an institution's own, stated with a title: the bureau has to look at the paper."""
    own = 17 * (by == "school-admin") + order
    body = f"500112{1975 + own % 12}0{1 + own % 9}1{own % 10}{(2 * own + 700) % 1000:03}"
    name = SURNAMES[(own * 7 + 3) % len(SURNAMES)] + GIVEN[(own * 5) % len(GIVEN)] + GIVEN[(own * 3 + 1) % len(GIVEN)]
    number = body + check_digit(body)
    stage.act(
        register_person, name=name, document_kind=DocumentKind.RESIDENT, document_number=number,
        birth=date(int(body[6:10]), int(body[10:12]), int(body[12:14])), sex="M" if int(number[16]) % 2 else "F",
        district=cast.DISTRICT, phone=f"1390023{own % 10000:04}", synthetic=True,
    )  # fmt: skip
    proof = QualificationPlan("title", TITLES[own % len(TITLES)], issuer="市职称改革办公室", number=f"渝职称{2015 + own % 8}{own:05}")
    made = stage.act(
        lecturers.propose, by, organisation_id=stage.bodies[by.split("-")[0]], name=name, document_kind=DocumentKind.RESIDENT,
        document_number=number, occupations=JOBS, qualifications=(proof,),
    )  # fmt: skip
    return made.lecturer_id
