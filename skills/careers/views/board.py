"""A firm's board of skills: figures, people, nominations, export."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.careers.actions import nominations
from skills.careers.actions.nominations import Nominated
from skills.careers.actions.posts import RIGHT
from skills.careers.queries import board as queries
from skills.careers.queries.board import Board, NominationLine
from skills.careers.rules.board import Post
from skills.careers.views.words import room
from skills.kernel import sheets
from skills.kernel.errors import Missing
from skills.standards.rules import Level
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, perform, say, show, tell, today

EVERY = 5  # seconds after which the page of a nomination that is under way asks again


class NominationBody(BaseModel):
    """Whom of one's board to nominate, for which exam."""

    sitting_id: str = Field(max_length=26)
    person_ids: list[str] = Field(max_length=nominations.MOST)


def _firm() -> str:
    return me().organisation_id or ""


@room.get("/ent/board", may=RIGHT, name="board")
def board() -> ResponseReturnValue:
    """The gap of each occupation and level, and the nominations."""
    return show("careers/board.html", b=queries.board(db(), _firm(), today()), nominations=queries.nominations(db(), _firm()))


@room.get("/ent/board/<occupation>/<int:level>", may=RIGHT, name="group")
def group(occupation: str, level: int) -> ResponseReturnValue:
    """The people whose posts want this level, and the exams for which they can be nominated."""
    wanted = Level(level) if level in set(Level) else None
    found = queries.board(db(), _firm(), today())
    posts = [p for p in found.posts if (p.occupation, p.wanted) == (occupation, wanted)]
    if not posts or wanted is None:
        raise Missing("board_post.unknown")
    return show(
        "careers/group.html", posts=posts, name=found.names[occupation], level=wanted,
        exams=queries.exams_for(db(), _firm(), occupation, wanted, today()),
    )  # fmt: skip


@room.post("/ent/board/nominations", does=nominations.nominate, name="nominate")
def nominate() -> ResponseReturnValue:
    form = OrderForm()
    done = perform(
        nominations.nominate, form.key.data, organisation_id=_firm(), sitting_id=request.form.get("sitting_id", "")[:26],
        person_ids=tuple(p[:26] for p in request.form.getlist("person_ids")),
    )  # fmt: skip
    tell(f"已提名 {done.people} 人，逐人办理", f"{done.people} nominated; each is answered alone")
    return go("careers.nomination", nomination_id=done.nomination_id)


@room.get("/ent/board/nominations/<nomination_id>", may=RIGHT, name="nomination")
def nomination(nomination_id: str) -> ResponseReturnValue:
    """Each person's answer. While some wait the page asks again by itself, without a script, unless told to stand still."""
    line, still = queries.nomination(db(), _firm(), nomination_id), request.args.get("still") == "1"
    page = current_app.make_response(show("careers/nomination.html", n=line, still=still, every=EVERY))
    if line.waiting and not still:
        page.headers["Refresh"] = str(EVERY)
    return page


@room.get("/ent/board/<what>.xlsx", may=RIGHT, name="board_table")
def table(what: str) -> ResponseReturnValue:
    """The figures or the people as a workbook of texts, which no program runs."""
    found = queries.board(db(), _firm(), found_on := today())
    if what == "figures":
        rows = _figure_rows(found)
    elif what == "people":
        rows = _people_rows(found)
    else:
        raise Missing("board_post.unknown")
    headers = {"Content-Disposition": f'attachment; filename="board-{what}-{found_on}.xlsx"', "Cache-Control": "no-store"}
    return Response(sheets.write_xlsx(rows, say("技能看板", "Board of skills")), mimetype=sheets.XLSX_TYPE, headers=headers)


def _figure_rows(b: Board) -> list[list[str]]:
    head = [say("职业编码", "Occupation code"), say("职业", "Occupation"), say("要求等级", "Level wanted"), say("岗位", "Posts"),
            say("已持有", "Held"), say("缺口", "Gap"), say("现在可申报", "Eligible now"), say("以后可申报", "Eligible later"),
            say("最早日期", "From")]  # fmt: skip
    return [head, *(
        [f.occupation, b.names[f.occupation], _level(f.level), str(f.wanted), str(f.held), str(f.gap), str(f.ready), str(f.later),
         f.first_day.isoformat() if f.first_day else ""]
        for f in b.figures
    )]  # fmt: skip


def _people_rows(b: Board) -> list[list[str]]:
    head = [say("姓名", "Name"), say("职业编码", "Occupation code"), say("职业", "Occupation"), say("要求等级", "Level wanted"),
            say("现有等级", "Level held"), say("状态", "Standing"), say("可申报日期", "Eligible from")]  # fmt: skip
    return [head, *(
        [p.name, p.occupation, b.names[p.occupation], _level(p.wanted), _level(p.held) if p.held else "", post_word(p),
         _from(p, b.day)]
        for p in b.posts
    )]  # fmt: skip


def _from(p: Post, day: date) -> str:
    found = day if p.ready else p.from_day
    return found.isoformat() if found and not p.enough else ""


def _level(level: Level) -> str:
    return say(level.wording, level.english)


def post_word(p: Post) -> str:
    """How somebody on a post stands, in words."""
    if p.enough:
        return say("已达到", "held")
    if p.ready:
        return say("现在可申报", "eligible now")
    return say("到期可申报", "eligible later") if p.from_day else say("条件不足", "something is missing")


def post_chip(p: Post) -> tuple[str, str]:
    """The same as a chip."""
    kind = "ok" if p.enough else "gold" if p.ready else "info" if p.from_day else "warn"
    return kind, post_word(p)


def words() -> dict[str, Any]:
    """Words that these pages use."""
    return {"post_chip": post_chip}


room.context_processor(words)


@room.api("GET", "/ent/board", may=RIGHT, answers=Board)
def api_board() -> Board:
    """One's board: the figures of each occupation and level, and each post as it stands today."""
    return queries.board(db(), _firm(), today())


@room.api("POST", "/ent/board/nominations", does=nominations.nominate, body=NominationBody, answers=Nominated, status=201)
def api_nominate(body: NominationBody) -> Nominated:
    """Nominate people of one's board for an exam; each is answered alone, in the background."""
    return perform(
        nominations.nominate, request_key(), organisation_id=_firm(), sitting_id=body.sitting_id, person_ids=tuple(body.person_ids)
    )


@room.api("GET", "/ent/board/nominations", may=RIGHT, answers=list[NominationLine], by=("id",))
def api_nominations() -> list[NominationLine]:
    """One's nominations, newest first, without the people."""
    return queries.nominations(db(), _firm())


@room.api("GET", "/ent/board/nominations/<nomination_id>", may=RIGHT, answers=NominationLine)
def api_nomination(nomination_id: str) -> NominationLine:
    """One nomination with each person's answer."""
    return queries.nomination(db(), _firm(), nomination_id)
