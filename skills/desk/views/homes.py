"""The home of each role: what waits, figures, ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue

from skills.courses.queries.classes import steps
from skills.desk.queries import board, work
from skills.desk.queries import person as person_queries
from skills.desk.queries.work import Waiting
from skills.desk.views.words import room
from skills.standards.rules import Level
from skills.vouchers import queries as vouchers
from skills.web.pages import SIGNED_IN, db, go, house, lang, me, say, show, today


@room.get("/me", may="voucher.claim", name="person")
def person() -> ResponseReturnValue:
    """The nearest step first, then voucher, class and certificates. Whoever helps another sees the vouchers alone."""
    if me().helps:
        return go("vouchers.wallet")
    day = today()
    own = person_queries.own(db(), me().person_id, day)
    step = own.next
    return show(
        "desk/person.html",
        next={"title": say(step.zh, step.en), "text": say(step.text_zh, step.text_en), "url": step.url,
              "action": say(step.action_zh, step.action_en)},
        v=own.voucher, training=own.training, steps=_steps, certificates=own.certificates, day_now=day, level=_level,
    )  # fmt: skip


@room.get("/org", may="class.manage")
def org() -> ResponseReturnValue:
    return _desk(say("培训机构工作台", "Institution desk"), "org", work.org(db(), me().actor, today()))


@room.get("/ent", may="plan.see")
def ent() -> ResponseReturnValue:
    return _desk(say("评价工作台", "Assessment desk"), "ent", work.ent(db(), me().actor, today()))


@room.get("/exam", may="exam.see")
def exam() -> ResponseReturnValue:
    return _desk(say("考评与裁判", "Examiners and judges"), "exam", work.exam(db(), me().actor, today()))


@room.get("/gov", may="gov.see")
def gov() -> ResponseReturnValue:
    """The authority: what waits, the targets, and the way of the vouchers."""
    goals = board.board(db(), today())
    kpis = [
        {"label": say(g.zh, g.en), "value": f"{g.actual:,}", "unit": say(g.unit_zh, g.unit_en),
         "by": say("目标 ", "target ") + f"{g.plan:,}"}
        for g in goals
    ]  # fmt: skip
    funnel = vouchers.funnel(db(), me().actor.districts_for("gov.see"))
    return _desk(
        say("人社部门工作台", "The authority's desk"), "gov", work.gov(db(), me().actor, today()), kpis=kpis,
        funnel=funnel[0], goals=goals,
    )  # fmt: skip


def _desk(title: str, area: str, waiting: Sequence[Waiting], **more: Any) -> ResponseReturnValue:
    todo = [
        {"url": w.url, "title": say(w.zh, w.en), "chip": ("warn", str(w.count))} for w in waiting
    ]  # fmt: skip
    actor = me().actor
    ways = [
        {"url": e.url, "icon": e.icon, "title": say(e.zh, e.en), "text": ""}
        for e in house().menu
        if e.area == area and e.url != f"/{area}" and (e.may == SIGNED_IN or actor.may(e.may))
    ]
    return show("desk/role.html", title=title, todo=todo, ways=ways, **more)


def _steps(state: str) -> list[tuple[str, str]]:
    return [(say(zh, en), how) for zh, en, how in steps(state)]


def _level(rank: int | None) -> str:
    if rank is None:
        return say("证书", "Certificate")
    level = Level(rank)
    return level.wording if lang() == "zh" else level.english


