"""Who takes part: bodies, staff accounts with a second factor, people with their facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skills.accounts.actions import (
    approve_organisation,
    begin_second_factor,
    confirm_second_factor,
    create_staff,
    open_person_account,
    register_organisation,
)
from skills.accounts.rules import OrganisationKind, Role, credit_check
from skills.accounts.secrets import totp_now
from skills.demo.stage import PASSWORD, Login, Stage
from skills.demo.synthetic import Synthetic
from skills.kernel.actors import SYSTEM, Actor
from skills.kernel.acts import Act, action
from skills.people.actions import register
from skills.people.rules import DocumentKind
from skills.records.actions import add
from skills.records.rules import Education, Standing

DISTRICT = "500112"
# (key, kind, name)
BODIES: tuple[tuple[str, OrganisationKind, str], ...] = (
    ("school", OrganisationKind.INSTITUTION, "渝江软件职业培训学校"),
    ("academy", OrganisationKind.INSTITUTION, "嘉陵数字技能学院"),
    ("centre", OrganisationKind.SOCIAL_BODY, "重庆星河技能评价中心"),
    ("firm", OrganisationKind.ENTERPRISE, "重庆星图软件有限公司"),
    ("newcomer", OrganisationKind.ENTERPRISE, "巴渝云创信息技术有限公司"),
)
# (login, role, name, body)
STAFF: tuple[tuple[str, Role, str, str], ...] = (
    ("gov-clerk", Role.GOV_CLERK, "罗经办", ""),
    ("gov-checker", Role.GOV_CHECKER, "秦复核", ""),
    ("gov-counter", Role.GOV_COUNTER, "梅窗口", ""),
    ("supervisor", Role.SUPERVISOR, "卓督导", ""),
    ("finance", Role.FINANCE, "钱会计", ""),
    ("auditor", Role.AUDITOR, "沈审计", ""),
    ("sysadmin", Role.SYSTEM_ADMIN, "魏系统", ""),
    ("secadmin", Role.SECURITY_ADMIN, "严安全", ""),
    ("auditadmin", Role.AUDIT_ADMIN, "谢审管", ""),
    ("school-admin", Role.INSTITUTION_ADMIN, "何校长", "school"),
    ("school-clerk", Role.INSTITUTION_CLERK, "苏老师", "school"),
    ("academy-admin", Role.INSTITUTION_ADMIN, "江院长", "academy"),
    ("centre-admin", Role.BODY_ADMIN, "顾主任", "centre"),
    ("centre-clerk", Role.BODY_CLERK, "叶录入", "centre"),
    ("centre-checker", Role.BODY_CHECKER, "范复核", "centre"),
    ("examiner", Role.EXAMINER, "石考评", "centre"),
    ("examiner-2", Role.EXAMINER, "岳考评", "centre"),
    ("examiner-3", Role.EXAMINER, "柏考评", "centre"),
    ("invigilator", Role.INVIGILATOR, "简监考", "centre"),
    ("invigilator-2", Role.INVIGILATOR, "路监考", "centre"),
    ("centre-supervisor", Role.INTERNAL_SUPERVISOR, "费内督", "centre"),
    ("firm-admin", Role.BODY_ADMIN, "龙经理", "firm"),
    ("firm-clerk", Role.BODY_CLERK, "段录入", "firm"),
    ("firm-checker", Role.BODY_CHECKER, "雷复核", "firm"),
    ("firm-examiner", Role.EXAMINER, "汤考评", "firm"),
    ("firm-examiner-2", Role.EXAMINER, "蒲考评", "firm"),
    ("firm-examiner-3", Role.EXAMINER, "桂考评", "firm"),
    ("firm-invigilator", Role.INVIGILATOR, "邬监考", "firm"),
    ("firm-invigilator-2", Role.INVIGILATOR, "甘监考", "firm"),
    ("firm-supervisor", Role.INTERNAL_SUPERVISOR, "祝内督", "firm"),
    ("newcomer-admin", Role.BODY_ADMIN, "白总监", "newcomer"),
    ("judge-1", Role.JUDGE, "崔裁判", ""),
    ("judge-2", Role.JUDGE, "覃裁判", ""),
)


@dataclass(frozen=True)
class Known:
    """People of one chunk: (person id, account id) in the order given."""

    people: tuple[tuple[str, str], ...]


@action("demo.people", may="demo.load")
def register_people(act: Act, crowd: tuple[Synthetic, ...], unemployed: bool) -> Known:
    """Put synthetic people on record with their schooling, as the lists of the authorities would."""
    made = []
    for who in crowd:
        person_id = register(
            act, name=who.name, document_kind=DocumentKind.RESIDENT, document_number=who.number, birth=who.birth,
            sex=who.sex, district=who.district, phone=who.phone, synthetic=True,
        ).person_id  # fmt: skip
        done = who.graduates <= act.today
        school = Education(
            "college", who.major, who.occupations, who.graduates if done else None, None if done else who.graduates,
            who.school,
        )  # fmt: skip
        add(
            act,
            person_id=person_id,
            kind="education",
            source=f"list:school:{person_id}",
            body=school,
            strength="compared",
        )
        if unemployed:
            standing = Standing("registered_unemployed", act.today, None)
            add(
                act,
                person_id=person_id,
                kind="standing",
                source=f"list:unemployed:{person_id}",
                body=standing,
                strength="compared",
            )
        made.append((person_id, open_person_account(act, person_id, synthetic=True).id))
    return Known(tuple(made))


def bodies(stage: Stage) -> None:
    """Organisations, approved."""
    for order, (key, kind, name) in enumerate(BODIES, start=1):
        stem = f"91500112MA5U{order:05d}"
        made = stage.act(
            register_organisation, name=name, kind=kind, credit_code=stem + credit_check(stem), district=DISTRICT
        )
        stage.act(approve_organisation, organisation_id=made.id)
        stage.bodies[key] = made.id


def staff(stage: Stage) -> None:
    """Staff accounts with the printed password and a confirmed second factor; each marked as synthetic."""
    for login, role, name, body in STAFF:
        organisation = stage.bodies.get(body)
        made = stage.act(
            create_staff, login=login, name=name, role=role, organisation_id=organisation, password=PASSWORD,
            synthetic=True,
        )  # fmt: skip
        self = Actor(made.id, name)
        secret = stage.act(begin_second_factor, self).secret
        stage.act(confirm_second_factor, self, code=totp_now(secret, stage.clock.now()))
        stage.employ(login, made.id, name, role, organisation)
        stage.logins.append(Login(role, login, name, next((n for k, _, n in BODIES if k == body), "")))


def people(stage: Stage, crowd: Sequence[Synthetic], unemployed: bool) -> list[str]:
    """Register people; their ids in the same order."""
    known = stage.act(register_people, SYSTEM, crowd=tuple(crowd), unemployed=unemployed).people
    stage.accounts |= dict(known)
    return [person_id for person_id, _ in known]
