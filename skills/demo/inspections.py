"""Two classes drawn and visited, one with a finding that holds its money; a visit that is ahead; an exam whose marks differ."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from skills.config import Settings
from skills.courses.actions import exams
from skills.courses.actions.exams import SeatMark
from skills.demo.path import Path
from skills.demo.stage import Agenda
from skills.inspections.actions import closing, draws, visits
from skills.inspections.actions.visits import ItemAnswer
from skills.inspections.queries import visits as queries
from skills.inspections.queries.pool import SHELF
from skills.inspections.queries.visits import InspectionLine
from skills.inspections.rules import Way
from skills.kernel.box import Box
from skills.kernel.clock import start_of
from skills.kernel.shots import put_in


class Inspections:
    """What the bureau's inspector does in the week of the class that runs."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage
        self.drawn = self.exam = ""

    def plan(self, agenda: Agenda) -> None:
        """The draw before the lessons, the visit in the first of them."""
        agenda.on(-6, lambda: self.draw_up("第四季度过程检查（双随机）", -6, -3, 2))
        agenda.on(-6, self.draw)
        agenda.on(-5, self.visit)
        agenda.on(-4, self.order)
        agenda.on(-2, self.report)
        agenda.on(-2, self.plan_exam)
        agenda.on(-1, self.mark)
        agenda.on(-1, lambda: self.draw_up("年末抽查", -1, 20, 1))
        agenda.on(-1, self.draw)

    def draw_up(self, purpose: str, since: int, until: int, size: int) -> None:
        """Put on record what will be drawn from; the log's next head is the seed."""
        today = self.stage.today
        made = self.stage.act(
            draws.plan, "gov-clerk", purpose=purpose, way=Way.RANDOM, since=today, until=today + timedelta(days=until - since), size=size
        )
        self.drawn = made.draw_id

    def draw(self) -> None:
        self.stage.act(draws.draw_now, "gov-clerk", draw_id=self.drawn)

    def visit(self) -> None:
        """An hour into the lesson: in one room more people sit than scanned."""
        stage = self.stage
        stage.clock.set(max(stage.clock.now(), start_of(stage.today) + timedelta(hours=11)))
        for n, line in enumerate(self._lines()):
            page = stage.ask(lambda db, i=line.id: queries.inspection(db, i, stage.today))
            going = next((x for x in page.lessons if x.closes <= stage.clock.now() <= x.ends_at), None)
            if going is None:
                continue
            busy = page.line.class_number == self.path.numbers["running"]
            stage.act(
                visits.count, "supervisor", inspection_id=line.id, session_id=going.session_id, held=True, heads=6 if busy else 1,
                same_room=True, same_lecturer=True,
            )  # fmt: skip
            settings, box = stage.works.office.tools[Settings], stage.works.office.tools[Box]
            assert isinstance(settings, Settings) and isinstance(box, Box)  # noqa: S101, PT018 - narrows for the type checker
            photos = put_in(box, SHELF, settings.files_dir, f"demo:{line.id}", [_picture(n)], 8_000_000)
            stage.act(visits.add_photos, "supervisor", inspection_id=line.id, photos=photos)
            answers = tuple(ItemAnswer(i.code, "no" if busy and i.code == "log" else "yes") for i in page.items)
            stage.act(visits.sign, "supervisor", inspection_id=line.id, answers=answers, remark="学员反映讲授清楚。")
            by = "academy-admin" if busy else "school-admin"
            stage.act(visits.countersign, by, inspection_id=line.id, text="有四名旁听人员，不是本班学员。" if busy else "")

    def order(self) -> None:
        for line in self._lines():
            if line.state == "found":
                stage = self.stage
                stage.act(closing.order, "gov-clerk", inspection_id=line.id, text="旁听人员须登记；补齐教学日志和考勤台账。")

    def report(self) -> None:
        for line in self._lines():
            if line.state == "ordered":
                self.stage.act(closing.report, "academy-admin", inspection_id=line.id, text="已建立旁听登记，教学日志补齐备查。")

    def _lines(self) -> list[InspectionLine]:
        return self.stage.ask(lambda db: queries.listing(db, self.stage.today))

    # The completion exam

    def plan_exam(self) -> None:
        """The institution says when and where; the bureau names an examiner of each of two bodies."""
        stage = self.stage
        at = start_of(stage.today + timedelta(days=1)) + timedelta(hours=9)
        made = stage.act(exams.plan, "academy-admin", class_id=self.path.classes["running"], held_at=at, room="302机房")
        markers = tuple(stage.staff[login].account for login in ("examiner", "firm-examiner"))
        stage.act(
            exams.name, "gov-clerk", exam_id=made.exam_id, paper="市级题库 2026-07 卷，抽取", setter=stage.staff["school-clerk"].account,
            markers=markers,
        )  # fmt: skip
        self.exam = made.exam_id

    def mark(self) -> None:
        """Both marked on their own; one seat differs, so that nothing can be signed off yet."""
        for login, theory, practice in (("examiner", ("82", "76.5"), ("88", "71")), ("firm-examiner", ("82", "76.5"), ("88", "74"))):
            for section, texts in (("theory", theory), ("practice", practice)):
                marks = tuple(SeatMark(seat, text) for seat, text in enumerate(texts, start=1))
                self.stage.act(exams.enter, login, exam_id=self.exam, section=section, marks=marks)


def _picture(n: int) -> bytes:
    """A drawing in place of a photograph: a board and rows of desks."""
    picture = Image.new("RGB", (640, 420), (226, 230, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((90, 40, 550, 150), fill=(35, 64, 90 + n))
    for row in range(3):
        for desk in range(5):
            pen.rectangle((60 + desk * 110, 210 + row * 65, 140 + desk * 110, 240 + row * 65), fill=(184, 137, 43))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
