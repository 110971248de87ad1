"""A candidate sits a paper on a phone: the network goes twice, the browser dies, another machine takes over, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Error

from skills.accounts.rules import Role
from skills.papers.actions import runs
from skills.papers.models import PaperRun
from skills.papers.queries.runs import answers, form_items
from skills.papers.states import RunState
from tests.certification.stage_online import Online
from tests.journeys.conftest import Live, Walker
from tests.journeys.test_counter import account_of, elsewhere, known, staff

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages"), pytest.mark.row(30)]


@dataclass
class Sitter:
    """A candidate at one machine."""

    walker: Walker

    def pick(self, place: int, *values: str) -> None:
        """Answer as a thumb does: type a number, touch the words of a choice."""
        form = self.walker.page.locator(f"#q-{place}")
        for value in values:
            field = form.locator("input[name=value][type=text]")
            if field.count():
                field.fill(value)
                field.blur()
            else:
                form.locator(f"label:has(input[value='{value}'])").first.click()

    def told(self, place: int, text: str) -> None:
        """Insist on what stands beside a question."""
        self.walker.page.locator(f"#q-{place} .saved").get_by_text(text, exact=True).wait_for(timeout=15_000)

    def bar(self, text: str) -> None:
        self.walker.page.locator("#said").get_by_text(text).wait_for(timeout=15_000)

    def cut(self, off: bool) -> None:
        self.walker.context.set_offline(off)


# Whatever the order of the questions on the form: what is chosen of each kind, first and at last.
FIRST = {"single": ("A",), "multiple": ("A", "C"), "true_false": ("false",), "numeric": ("9",)}
LAST = {"single": ("B",), "multiple": ("B",), "true_false": ("true",), "numeric": ("3.5",)}
SAVED = {"single": "B", "multiple": "ABC", "true_false": "true", "numeric": "3.5"}  # a box stays ticked


def test_a_paper_on_a_phone_whose_network_goes_twice(live: Live, walker: Callable[[], Walker]) -> None:
    s = elsewhere(lambda: Online(live.world))
    account = elsewhere(lambda: account_of(live, s.people[0]))
    guard, hall = walker(), f"/ent/plans/{s.sitting}/online"
    known(live, guard.context, elsewhere(lambda: staff(live, Role.INVIGILATOR, s.body)))
    one = Sitter(walker())
    phone = one.walker
    known(live, phone.context, account)

    phone.go(f"/me/applications/{s.made[0]}/paper")
    phone.look("online-door")
    phone.fill(code=s.code.lower())
    phone.press("开始作答", exact=True)
    run = phone.at().rpartition("/")[2]
    phone.look("online-paper")
    kinds = {n: str(kind) for n, kind in elsewhere(lambda: kinds_of(live, run)).items()}
    assert len(kinds) == 6

    one.pick(1, *FIRST[kinds[1]])
    one.told(1, "已保存")
    one.cut(True)  # the first time: what is answered meanwhile waits, one of it changed once more
    one.pick(2, *FIRST[kinds[2]])
    one.pick(3, *FIRST[kinds[3]])
    one.pick(1, *LAST[kinds[1]])
    one.told(3, "待保存")
    one.bar("网络中断")
    phone.look("online-cut")
    assert [n for n in (1, 2, 3) if elsewhere(lambda: saved(live, run)).get(n)] == [1]
    phone.page.locator("#hand-in").click()
    one.bar("还有答案没有保存")
    one.cut(False)
    one.told(1, "已保存")
    one.told(3, "已保存")
    one.bar("全部已保存")

    one.cut(True)  # the second time, and the page is loaded anew while there is no network
    one.pick(4, *FIRST[kinds[4]])
    one.pick(2, *LAST[kinds[2]])
    one.told(4, "待保存")
    with pytest.raises(Error):
        phone.page.reload()
    one.cut(False)
    phone.go(f"/me/papers/{run}")
    one.told(4, "已保存")
    one.told(2, "已保存")
    one.pick(3, *LAST[kinds[3]])
    one.pick(4, *LAST[kinds[4]])
    one.told(4, "已保存")

    one.cut(True)  # this machine dies with an answer under way; another one takes over and answers the same question
    one.pick(5, *FIRST[kinds[5]])
    one.told(5, "待保存")
    elsewhere(lambda: s.minutes(1))
    guard.go(hall)
    guard.press("换机口令", exact=True)
    guard.look("online-hall")
    code = elsewhere(lambda: code_of(live, run))
    two = Sitter(walker())
    known(live, two.walker.context, account)
    two.walker.go(f"/me/papers/{run}")
    two.walker.see("这份试卷在另一台机器上")
    two.walker.look("online-elsewhere")
    two.walker.go(f"/me/applications/{s.made[0]}/paper")
    two.walker.look("online-door-again")
    two.walker.fill(code=code)
    two.walker.press("在这里继续", exact=True)
    assert two.walker.page.locator("#answered").inner_text() == "4"
    two.pick(5, *(LAST[kinds[5]] if kinds[5] != "multiple" else ("A", "B", "C")))
    two.told(5, "已保存")
    one.cut(False)
    one.bar("另一台")
    assert phone.page.locator("form.question input:enabled").count() == 0

    # Back at the first machine: what waited there is older than what was answered since.
    elsewhere(lambda: s.minutes(1))
    guard.press("换机口令", exact=True)
    back = elsewhere(lambda: code_of(live, run))
    guard.see(back)
    phone.go(f"/me/applications/{s.made[0]}/paper")
    phone.fill(code=back)
    phone.press("在这里继续", exact=True)
    one.pick(6, *(LAST[kinds[6]] if kinds[6] != "multiple" else ("A", "B", "C")))
    one.told(6, "已保存")
    phone.page.locator("#q-6").get_by_text("待查").first.click()
    one.told(6, "已保存")
    one.bar("全部已保存")
    phone.press("交卷", exact=True)
    phone.look("online-hand-in")
    phone.press("确认交卷", exact=True)
    phone.see("答卷已收")
    phone.look("online-in")
    guard.go(hall)
    guard.see("已交卷")

    assert elsewhere(lambda: saved(live, run)) == {n: SAVED[kind] for n, kind in kinds.items()}
    assert elsewhere(lambda: state_of(live, run)) == RunState.HANDED_IN
    late = time_runs_out(live, s, walker)
    for person in (guard, phone, two.walker, late):
        person.content()
    elsewhere(live.world.holds)


def time_runs_out(live: Live, s: Online, walker: Callable[[], Walker]) -> Walker:
    """The second candidate still types when it ends: that counts, and the page waits until the paper was taken in."""
    person = walker()
    known(live, person.context, elsewhere(lambda: account_of(live, s.people[1])))
    person.go(f"/me/applications/{s.made[1]}/paper")
    person.fill(code=s.code)
    person.press("开始作答", exact=True)
    path, run = person.at(), person.at().rpartition("/")[2]
    kinds = elsewhere(lambda: kinds_of(live, run))
    place = max(kinds, key=lambda n: kinds[n] == "numeric")  # not every form asks for a number
    for minutes in (29, 29, 29, 3 - 3 / 60):  # a session that nobody uses for half an hour ends
        elsewhere(lambda passed=minutes: s.minutes(passed))
        person.go(path)
    if kinds[place] == "numeric":
        person.page.locator(f"#q-{place} input[type=text]").press_sequentially("9")
    else:
        Sitter(person).pick(place, *FIRST[kinds[place]])
    person.see("时间到，正在收卷")
    assert person.page.locator("form.question input:enabled").count() == 0
    person.look("online-over")
    elsewhere(lambda: s.minutes(2))
    elsewhere(lambda: live.world.perform(runs.end))
    person.see("答卷已收")
    assert elsewhere(lambda: saved(live, run)) == {place: "".join(FIRST[kinds[place]])}
    return person


def kinds_of(live: Live, run: str) -> dict[int, str]:
    with live.world.db() as db:
        return {f.place: v.kind for f, v in form_items(db, db.get_one(PaperRun, run).form_id)}


def saved(live: Live, run: str) -> dict[int, str]:
    """By place what counts."""
    with live.world.db() as db:
        return {place: row.value for place, row in answers(db, [run]).get(run, {}).items()}


def code_of(live: Live, run: str) -> str:
    """By what it goes on elsewhere."""
    with live.world.db() as db:
        return db.get_one(PaperRun, run).code or ""


def state_of(live: Live, run: str) -> str:
    with live.world.db() as db:
        return db.get_one(PaperRun, run).state
