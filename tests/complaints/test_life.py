"""A complaint's life: the clock that stands still, the level above, the party that never learns who, papers, the risk score."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from skills.accounts.rules import Role
from skills.complaints import actions, papers, queries, rules, subjects
from skills.complaints.states import ComplaintState
from skills.config import Settings
from skills.kernel import files
from skills.kernel.actors import Actor, Grant
from skills.kernel.acts import ANYONE, Act, Action
from skills.kernel.audit import AuditEntry
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.files import paper_kind
from skills.kernel.jobs import order, run_due
from skills.messages.queries import to_bodies
from skills.oversight.queries.scores import scores
from skills.standards.calendar import add_working_days
from tests.people_and_bodies import acting, body, someone
from tests.world import World

CLERK, CHECKER = acting(Role.GOV_CLERK, "clerk"), acting(Role.GOV_CHECKER, "checker")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 17 + b"\0\0\0\0IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"


def _touch(act: Act, about: str) -> None:
    """An act that notes a row, as every act does."""
    act.note("test.touch", id=about)


approve_again = Action("test.touch", ANYONE, _touch)


def filed(world: World, kind: str = "fraud", **more: Any) -> tuple[str, str, str]:
    """(number, word, id) of a fresh case."""
    done = world.perform(actions.file, **{"kind": kind, "text": "没有上课却报了结业", **more})
    return done.number, done.word, case_of(world, done.number, done.word).line.id


def case_of(world: World, number: str, word: str) -> queries.Case:
    return world.ask(queries.by_word, world.tool(Box), number, word, world.today)  # type: ignore[no-any-return]


def on(world: World, working_days: int) -> date:
    """Move the clock on by working days."""
    last = add_working_days(world.today, working_days)
    world.clock.set(world.clock.now() + (last - world.today))
    return last


def test_the_clock_stands_still_while_the_author_is_asked(world: World) -> None:
    number, word, case_id = filed(world)
    due = case_of(world, number, word).line.due_on
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    world.perform(actions.ask, actor=CLERK, complaint_id=case_id, text="哪一天、哪间教室？")
    assert case_of(world, number, word).line.left is None
    on(world, 4)
    with world.refused("complaint.cannot_answer"):
        world.perform(actions.answer, actor=CLERK, complaint_id=case_id, text="x", outcome="upheld")
    with world.refused("complaint.unknown"):
        world.perform(actions.reply, number=number, word="WRONG", text="十月八日")
    world.perform(actions.reply, number=number, word=word, text="十月八日，三号教室")
    held = case_of(world, number, word)
    assert held.line.due_on == add_working_days(due, 4)
    assert [s.text for s in held.steps if s.move == "reply"] == ["十月八日，三号教室"]
    world.perform(actions.ask, actor=CLERK, complaint_id=case_id, text="还有谁在？")
    on(world, 10)
    world.run_jobs()
    assert case_of(world, number, word).line.state == ComplaintState.WAITING, "the tenth day is still the author's"
    on(world, 1)
    assert world.perform(actions.resume).moved == 1
    assert case_of(world, number, word).line.due_on == add_working_days(due, 15)
    world.holds()


def test_what_is_late_goes_up_once_and_to_somebody_else(world: World) -> None:
    number, word, case_id = filed(world, kind="access")
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    on(world, 5)
    assert world.perform(actions.raise_late).moved == 0, "the last day is not late"
    on(world, 1)
    assert case_of(world, number, word).line.overdue
    assert world.perform(actions.raise_late).moved == 1
    assert world.perform(actions.raise_late).moved == 0
    with world.refused("complaint.not_yours") as no:
        world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    assert [f.code for f in no[0].findings if not f.met] == ["complaint.not_earlier"]
    world.perform(actions.take, actor=CHECKER, complaint_id=case_id)
    world.holds()


def test_nobody_takes_it_on_in_time(world: World) -> None:
    number, word, _ = filed(world)
    on(world, 5)
    assert not case_of(world, number, word).may_escalate
    on(world, 1)
    assert case_of(world, number, word).may_escalate
    assert world.perform(actions.raise_late).moved == 1
    world.holds()


def test_the_author_turns_to_the_level_above_once(world: World) -> None:
    number, word, case_id = filed(world)
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    with world.refused("complaint.no_escalation"):
        world.perform(actions.escalate, number=number, word=word, text="太慢")
    world.perform(actions.answer, actor=CLERK, complaint_id=case_id, text="查无此事", outcome="not_upheld")
    on(world, 22)
    assert case_of(world, number, word).may_escalate, "the last of the days"
    world.perform(actions.escalate, number=number, word=word, text="没有问过学员")
    again = case_of(world, number, word)
    assert (again.line.state, again.line.level, again.answer, again.line.outcome_zh) == ("received", 2, "", "")
    with world.refused("complaint.not_yours"):
        world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    world.perform(actions.take, actor=CHECKER, complaint_id=case_id)
    world.perform(actions.answer, actor=CHECKER, complaint_id=case_id, text="属实，已责令整改", outcome="upheld")
    with world.refused("complaint.no_escalation") as no:
        world.perform(actions.escalate, number=number, word=word, text="再来一次")
    assert "complaint.escalated_once" in [f.code for f in no[0].findings if not f.met]
    world.holds()


def test_after_the_days_an_answer_stands(lite: World) -> None:
    number, word, case_id = filed(lite)
    lite.perform(actions.take, actor=CLERK, complaint_id=case_id)
    lite.perform(actions.answer, actor=CLERK, complaint_id=case_id, text="查无此事", outcome="not_upheld")
    on(lite, 23)
    with lite.refused("complaint.no_escalation"):
        lite.perform(actions.escalate, number=number, word=word, text="迟了一天")


def test_upheld_complaints_count_against_the_institution(world: World) -> None:
    school = body(world, kind="institution")
    since = world.clock.now() - timedelta(days=1)
    for outcome in ("upheld", "partly", "not_upheld"):
        _, _, case_id = filed(world, about_id=school)
        world.perform(actions.take, actor=CLERK, complaint_id=case_id)
        with world.refused("complaint.outcome_needed"):
            world.perform(actions.answer, actor=CLERK, complaint_id=case_id, text="x", outcome="not_for_us")
        world.perform(actions.answer, actor=CLERK, complaint_id=case_id, text="查过了", outcome=outcome)
    assert world.ask(queries.upheld_by_organisation, since) == {school: 2}
    assert world.ask(queries.upheld_by_organisation, world.clock.now() + timedelta(seconds=1)) == {}
    line = world.ask(scores, None, world.today)[0]
    assert line.standing.upheld_complaint == 2
    world.holds()


def test_not_for_us_says_who_is_competent(world: World) -> None:
    number, word, case_id = filed(world, kind="fraud")
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    with world.refused("complaint.outcome_needed"):
        world.perform(actions.pass_on, actor=CLERK, complaint_id=case_id, text="归公安", elsewhere="nobody")
    world.perform(actions.pass_on, actor=CLERK, complaint_id=case_id, text="归公安机关", elsewhere="110")
    held = case_of(world, number, word)
    assert held.elsewhere is not None
    assert (held.elsewhere.phone, held.line.outcome_zh) == ("110", "不属于本部门职责")
    world.holds()


SECRETS = ["13812345678", "陈星宇", "xing@example.cn"]


@pytest.mark.parametrize(
    "told", ["陈 星 宇说没有上课", "电话１３８１２３４５６７８", "138-1234-5678 反映", "XING@example.cn 来信", "有人叫陈星宇"]
)
def test_what_tells_who_is_seen_through_blanks_and_forms(told: str) -> None:
    assert rules.tells_who(told, SECRETS)
    assert not rules.tells_who("十月八日三号教室没有人上课", SECRETS)


@given(st.sampled_from(SECRETS), st.text(alphabet=" -·.　，", max_size=3), st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_found_wherever_it_stands(secret: str, gap: str, before: str, after: str) -> None:
    assert rules.tells_who(before + gap.join(secret) + after, [secret])


def test_the_party_reads_what_happened_and_never_who(world: World) -> None:
    """Page, API, message and audit line of the party complained of, searched for everything that names the author."""
    school = body(world, kind="institution")
    person = someone(world, 1)
    author = Actor("author-account-000001", person.name, person.id, frozenset({Grant("voucher.claim")}))
    number, _, case_id = _as(world, author, school)
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    split = f"{person.number[:6]} {person.number[6:14]}-{person.number[14:].lower()}"
    for telling in ("陈星宇说没有老师", "来电 138 1234 5678", f"学员（{person.number}）没有老师", f"证件号 {split} 的学员"):
        with world.refused("complaint.tells_who"):
            world.perform(actions.hear, actor=CLERK, complaint_id=case_id, text=telling)
    world.perform(actions.hear, actor=CLERK, complaint_id=case_id, text="十月八日下午的课没有老师")
    party = acting(Role.INSTITUTION_ADMIN, "school", organisation=school)
    told = world.ask(queries.told_to, party.organisations_for("complaint.hear"), world.today)
    assert [t.substance for t in told] == ["十月八日下午的课没有老师"]
    messages = list(world.ask(lambda db: list(to_bodies(db, "complaint.told_hear"))))
    notes = world.ask(lambda db: [e.notes for e in db.query(AuditEntry).filter(AuditEntry.action == "complaint.hear")])
    for secret in (person.name, person.id, person.number, "13812345678", author.account, "我是陈"):
        assert secret not in str(told)
        assert secret not in str(messages)
        assert secret not in str(notes)
    assert number in str(messages)
    stranger = acting(Role.INSTITUTION_ADMIN, "other", organisation="another")
    with world.refused("complaint.unknown"):
        world.perform(actions.state, actor=stranger, complaint_id=case_id, text="我们没有")
    world.perform(actions.state, actor=party, complaint_id=case_id, text="老师生病，已补课")
    with world.refused("complaint.stated_before"):
        world.perform(actions.state, actor=party, complaint_id=case_id, text="再说一次")
    assert world.ask(queries.case, world.tool(Box), case_id, world.today).statement == "老师生病，已补课"
    world.holds()


def _as(world: World, author: Actor, school: str) -> tuple[str, str, str]:
    done = world.perform(
        actions.file, actor=author, kind="service", contact="陈星宇 13812345678", text="我是陈星宇，十月八日没有老师", about_id=school
    )
    return done.number, done.word, case_of(world, done.number, done.word).line.id


def test_whoever_acted_in_the_matter_never_owns_the_case(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the record of acts: before the complaint, found by the job; after it, found when the case is taken."""
    school = body(world, kind="institution")
    found = subjects.Found(school, school)
    monkeypatch.setitem(subjects.FINDERS, "class", lambda _db, _ref: found)
    hand, late = acting(Role.GOV_CLERK, "hand"), acting(Role.GOV_CLERK, "late")
    world.perform(approve_again, actor=hand, about=school)
    _, _, case_id = filed(world, matter="class", ref="那个班")
    with world.refused("complaint.not_yours"):
        world.perform(actions.take, actor=hand, complaint_id=case_id)
    assert run_due(world.office) >= 1
    with world.refused("complaint.not_yours") as no:
        world.perform(actions.take, actor=hand, complaint_id=case_id)
    assert [f.code for f in no[0].findings if not f.met] == ["complaint.not_acted"]
    world.perform(approve_again, actor=late, about=school)
    with world.refused("complaint.not_yours"):
        world.perform(actions.take, actor=late, complaint_id=case_id)
    world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    world.holds()


@pytest.mark.parametrize(("data", "kind"), [(PDF, "pdf"), (PNG, "png"), (JPG, "jpg")])
def test_papers_are_known_by_what_they_are(data: bytes, kind: str) -> None:
    assert paper_kind(data) == kind
    assert paper_kind(data[: len(data) // 2]) is None
    assert paper_kind(b"MZ" + data) is None


@given(st.binary(max_size=200))
def test_nothing_else_is_a_paper(data: bytes) -> None:
    assert paper_kind(data) is None or data[:4] in (b"%PDF", b"\x89PNG", b"\xff\xd8\xff" + data[3:4])


def test_papers_lie_sealed_and_are_read_whole(world: World) -> None:
    box, folder = world.tool(Box), world.tool(Settings).files_dir
    for bad, code in (([b"GIF89a"], "paper_kind"), ([PDF] * 4, "too_many_papers"), ([PDF + b"%" * 900 + b"\n%%EOF"], "paper_size")):
        with world.refused(f"complaint.{code}"):
            papers.put_in(box, folder, "k", bad, 800, None)
    made = papers.put_in(box, folder, "key", [PDF, PNG], 10_000, None)
    assert made == papers.put_in(box, folder, "key", [PDF, PNG], 10_000, None), "the same form again is the same order"
    number, word, case_id = filed(world, papers=made)
    for paper in made:
        assert PDF[:8] not in (folder / "complaints" / paper.id).read_bytes()
    held = case_of(world, number, word)
    read = {p.kind: world.ask(queries.paper, box, folder, case_id, p.id)[1] for p in held.papers}
    assert read == {"pdf": PDF, "png": PNG}
    with world.refused("complaint_file.unknown"):
        world.ask(queries.paper, box, folder, "other", made[0].id)
    ghost = papers.Paper("0" * 26, "pdf", 10, "x")
    with world.refused("complaint.paper_gone"):
        filed(world, papers=(ghost,))
    world.holds()
    (folder / "complaints" / made[0].id).write_bytes(b"changed")
    assert "complaints.papers" in world.violations()


def test_papers_that_nobody_handed_in_go_after_two_days_and_no_other(world: World) -> None:
    box, folder = world.tool(Box), world.tool(Settings).files_dir

    def sweep(turn: int) -> set[str]:
        with writing(world.engine) as db:
            order(db, f"sweep{turn}", "complaints.sweep", world.clock.now(), "system", None, {})
        world.run_jobs()
        return {path.name for path in (folder / papers.FOLDER).iterdir()} if (folder / papers.FOLDER).is_dir() else set()

    assert sweep(1) == set(), "before the first paper there is no folder"
    (kept,) = papers.put_in(box, folder, "kept", [PDF], 10_000, None)
    _, _, case_id = filed(world, papers=(kept,))
    (old,) = papers.put_in(box, folder, "old", [PNG], 10_000, None)
    (fresh,) = papers.put_in(box, folder, "fresh", [JPG], 10_000, None)
    now = world.clock.now().timestamp()
    for paper, age in ((kept, files.UNCLAIMED * 50), (old, files.UNCLAIMED + timedelta(minutes=1)), (fresh, files.UNCLAIMED - timedelta(minutes=1))):
        os.utime(folder / papers.FOLDER / paper.id, (now, now - age.total_seconds()))
    assert sweep(2) == {kept.id, fresh.id}
    world.clock.forward(minutes=2)
    assert sweep(3) == sweep(4) == {kept.id}
    assert world.ask(queries.paper, box, folder, case_id, kept.id)[1] == PDF
    world.holds()


def test_a_case_taken_back_is_closed(world: World) -> None:
    number, word, case_id = filed(world)
    world.perform(actions.withdraw, number=number, word=word)
    with world.refused("complaint.cannot_take"):
        world.perform(actions.take, actor=CLERK, complaint_id=case_id)
    assert timedelta(days=1) < files.UNCLAIMED
    world.holds()


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE complaint SET answer = NULL", "complaints.answers"),
        ("UPDATE complaint SET taken_by = 'hand'", "complaints.owners"),
        ("UPDATE complaint_step SET move = 'withdraw' WHERE move = 'answer'", "complaints.steps"),
        ("UPDATE complaint SET escalated_at = received_at", "complaints.steps"),
    ],
)
def test_what_was_changed_past_the_office_is_seen(lite: World, statement: str, check: str) -> None:
    _, _, case_id = filed(lite)
    lite.perform(actions.take, actor=CLERK, complaint_id=case_id)
    lite.perform(actions.answer, actor=CLERK, complaint_id=case_id, text="好", outcome="upheld")
    with lite.engine.begin() as connection:
        if "hand" in statement:
            connection.execute(text("INSERT INTO complaint_hand VALUES (:case, 'hand')"), {"case": case_id})
        connection.execute(text(statement))
    assert check in lite.violations()
