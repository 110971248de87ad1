"""What a lesson is and how long is read from its file; nobody publishes what nobody saw; a PDF does nothing by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from skills.kernel.errors import Refusal
from skills.learning.actions import authoring
from skills.learning.actions.authoring import FOLDER, File
from skills.learning.models import Lesson
from skills.learning.queries import lessons as queries
from skills.learning.rules import papers
from skills.learning.rules.files import LessonKind, measured
from tests.courses.test_views import Visitors, visitors
from tests.learning.stage import School
from tests.learning.test_credit import mp4
from tests.learning.test_views import pdf
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(20)
N = generic.pdf_name
SCRIPT = {N("/S"): N("/JavaScript"), N("/JS"): generic.pdf_string("app.alert(1)")}


# How long a lesson is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [
    {"length": 36_000}, {"kind": LessonKind.PDF}, {"kind": LessonKind.PDF, "length": 3}, {"size": 9}, {"kind": LessonKind.TEXT},
])  # fmt: skip
def test_what_is_said_of_a_film_is_not_believed(world: World, said: dict[str, Any]) -> None:
    school = School(world)
    film = school.store(mp4(61), LessonKind.VIDEO, 61)
    order = {"course_id": school.stage.course, "title": "一分钟", "minutes": 1}
    with world.refused("lesson.file_differs") as told:
        told_file = File(**{**film.__dict__, **said})
        world.perform(authoring.draft, actor=school.author, file=told_file, **{**order, "minutes": 90})
    assert (told[0].facts["kind"], told[0].facts["length"]) == ("视频", 61)
    with world.refused("lesson.invalid"):
        world.perform(authoring.draft, actor=school.author, file=film, **{**order, "minutes": 2})
    made = world.perform(authoring.draft, actor=school.author, file=film, **order)
    assert world.ask(queries.lesson, made.lesson_id, [school.stage.school]).length == 61
    world.holds()


def test_a_file_that_is_no_lesson_makes_none_whatever_is_said_of_it(world: World) -> None:
    school = School(world)
    for data in (b"<html>", b"%PDF-1.7\nnothing", mp4(60, b"evil")):
        with world.refused("lesson.file_gone"):
            world.perform(authoring.draft, actor=school.author, course_id=school.stage.course, title="假", minutes=1,
                          file=school.store(data, LessonKind.VIDEO, 600))  # fmt: skip
    paper = school.store(pdf(7), LessonKind.PDF, 7)
    made = world.perform(authoring.draft, actor=school.author, course_id=school.stage.course, title="讲义", minutes=9, file=paper)
    assert world.ask(queries.lesson, made.lesson_id, [school.stage.school]).kind == LessonKind.PDF
    world.holds()


# What is published --------------------------------------------------------------------------------------------------


def waiting(school: School) -> tuple[str, ...]:
    return tuple(one.version for one in school.world.ask(queries.of_course, school.stage.course)[1] if one.state == "submitted")


def test_only_what_the_reviewer_saw_is_published(world: World) -> None:
    school = School(world)
    order = {"actor": school.stage.city, "course_id": school.stage.course}
    first = school.text("看过的", 10)
    world.perform(authoring.submit, actor=school.author, course_id=school.stage.course)
    seen = waiting(school)
    school.text("没看过的", 10)
    world.perform(authoring.submit, actor=school.author, course_id=school.stage.course)
    with world.refused("lesson.not_seen") as told:
        world.perform(authoring.publish, versions=seen, **order)
    assert told[0].facts["n"] == 1
    both = waiting(school)
    world.perform(authoring.send_back, reason="第一个看不清", **order)
    world.perform(authoring.draft, actor=school.author, course_id=school.stage.course, title="看过的", minutes=10, body="换了", lesson_id=first)
    world.perform(authoring.submit, actor=school.author, course_id=school.stage.course)
    with world.refused("lesson.not_seen") as told:  # the same lessons, but one says something else
        world.perform(authoring.publish, versions=both, **order)
    assert told[0].facts["n"] == 1
    for some in ((), waiting(school)[:1], (*waiting(school), "x")):
        with world.refused("lesson.not_seen"):
            world.perform(authoring.publish, versions=some, **order)
    assert world.perform(authoring.publish, versions=waiting(school), **order).count == 2
    world.holds()


def test_what_is_handed_in_meanwhile_is_not_written_any_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    school = School(world)
    lesson = school.text("草稿", 10)
    looked, handed_in = Event(), Event()
    content = authoring._content

    def slow(*order: Any) -> Any:
        """Between looking and writing somebody hands it in, if they can."""
        looked.set()
        handed_in.wait(1)
        return content(*order)

    monkeypatch.setattr(authoring, "_content", slow)

    def write() -> None:
        with suppress(Refusal):
            world.office.perform(
                authoring.draft, actor=school.author, key="write", course_id=school.stage.course, title="草稿", minutes=10, body="另一个",
                lesson_id=lesson,
            )  # fmt: skip

    def hand_in() -> str:
        looked.wait(5)
        world.office.perform(authoring.submit, actor=school.author, key="in", course_id=school.stage.course)
        said = waiting(school)[0]
        handed_in.set()
        return said

    with ThreadPoolExecutor(2) as pool:
        writing, handing = pool.submit(write), pool.submit(hand_in)
        writing.result(), handing.result()
    assert handing.result() == waiting(school)[0]
    world.holds()


def test_a_file_is_given_out_when_its_lesson_was_published_and_no_sooner(lite: World, visitors: Visitors) -> None:
    school = School(lite)
    me = visitors.come(school.learner)
    lesson = school.video("第二版", 600, 10)
    url = f"/me/lesson-files/{lesson}"
    order = {"actor": school.stage.city, "course_id": school.stage.course}

    def seen() -> int:
        return int(me.get(url).status_code)

    assert seen() == 404
    lite.perform(authoring.submit, actor=school.author, course_id=school.stage.course)
    lite.perform(authoring.send_back, reason="没有字幕", **order)
    assert seen() == 404
    lite.perform(authoring.submit, actor=school.author, course_id=school.stage.course)
    assert seen() == 404  # handed in again: nobody has agreed to it yet
    lite.perform(authoring.send_back, reason="还是没有", **order)
    lite.perform(authoring.withdraw, actor=school.author, lesson_id=lesson)
    assert seen() == 404
    assert me.get(f"/me/lesson-files/{school.lessons[1]}").status_code == 200
    lite.perform(authoring.withdraw, actor=school.author, lesson_id=school.lessons[1])
    assert me.get(f"/me/lesson-files/{school.lessons[1]}").status_code == 200  # who has begun it may look again
    with lite.db() as db:
        assert db.get_one(Lesson, lesson).digest
    lite.holds()


# PDF files ----------------------------------------------------------------------------------------------------------


def paper(change: Callable[[PdfFileWriter, generic.DictionaryObject, generic.DictionaryObject], None] | None = None) -> io.BytesIO:
    """A PDF of one page, made by the library; `change` gets the writer, its root and its page."""
    writer = PdfFileWriter()
    page = PageObject(contents=writer.add_object(RawContent(b"q Q", box=BoxConstraints(100, 100)).as_form_xobject()), media_box=(0, 0, 100, 100))
    writer.insert_page(page)
    if change is not None:
        change(writer, writer.root, page)
    out = io.BytesIO()
    writer.write(out)
    return out


def dictionary(**entries: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({N(f"/{key}"): one for key, one in entries.items()})


def names(writer: PdfFileWriter, root: generic.DictionaryObject, _page: Any) -> None:
    """A tree of named scripts, every part of it elsewhere."""
    script = writer.add_object(generic.DictionaryObject(SCRIPT))
    leaf = writer.add_object(dictionary(Names=generic.ArrayObject([generic.pdf_string("a"), script])))
    tree = writer.add_object(dictionary(Kids=generic.ArrayObject([leaf])))
    root["/Names"] = writer.add_object(dictionary(JavaScript=tree))


def opens(writer: PdfFileWriter, root: generic.DictionaryObject, _page: Any) -> None:
    root["/OpenAction"] = writer.add_object(generic.DictionaryObject(SCRIPT))


def chained(writer: PdfFileWriter, root: generic.DictionaryObject, page: generic.DictionaryObject) -> None:
    """Opening goes to a page, and then runs a script."""
    then = writer.add_object(generic.DictionaryObject(SCRIPT))
    root["/OpenAction"] = writer.add_object(dictionary(S=N("/GoTo"), D=generic.ArrayObject([N("/Fit")]), Next=then))


def additional(writer: PdfFileWriter, root: generic.DictionaryObject, _page: Any) -> None:
    root["/AA"] = writer.add_object(dictionary(WC=writer.add_object(generic.DictionaryObject(SCRIPT))))


def of_page(writer: PdfFileWriter, _root: Any, page: generic.DictionaryObject) -> None:
    page["/AA"] = writer.add_object(dictionary(O=writer.add_object(generic.DictionaryObject(SCRIPT))))


def annotation(writer: PdfFileWriter, page: generic.DictionaryObject, action: generic.PdfObject) -> None:
    box = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 9, 9)])
    link = writer.add_object(dictionary(Type=N("/Annot"), Subtype=N("/Link"), Rect=box, A=action))
    page["/Annots"] = writer.add_object(generic.ArrayObject([link]))


def of_annotation(writer: PdfFileWriter, _root: Any, page: generic.DictionaryObject) -> None:
    annotation(writer, page, writer.add_object(generic.DictionaryObject(SCRIPT)))


def launches(writer: PdfFileWriter, _root: Any, page: generic.DictionaryObject) -> None:
    kind = writer.add_object(N("/Launch"))
    annotation(writer, page, writer.add_object(dictionary(S=kind, F=generic.pdf_string("cmd.exe"))))


def linked(writer: PdfFileWriter, root: generic.DictionaryObject, page: generic.DictionaryObject) -> None:
    """What any word processor writes: opened at a page, with a link."""
    root["/OpenAction"] = writer.add_object(dictionary(S=N("/GoTo"), D=generic.ArrayObject([N("/Fit")])))
    root["/Names"] = writer.add_object(dictionary(Dests=writer.add_object(dictionary(Names=generic.ArrayObject([])))))
    annotation(writer, page, writer.add_object(dictionary(S=N("/URI"), URI=generic.pdf_string("https://example.org/"))))


@pytest.mark.parametrize("change", [names, opens, chained, additional, of_page, of_annotation, launches])
def test_a_pdf_that_does_something_is_no_lesson(lite: World, visitors: Visitors, change: Any) -> None:
    school = School(lite)
    file = paper(change)
    assert papers.acts(file)
    clerk = visitors.come(school.author)
    sent = clerk.post("/api/v1/lesson-files", data=file.getvalue(), headers={"X-CSRFToken": token(clerk)})
    assert (sent.status_code, sent.get_json()["code"]) == (409, "lesson.file_kind")
    assert len(list((lite.settings.files_dir / FOLDER).iterdir())) == 1  # the stage's own film


def token(client: Any) -> str:
    page = client.get("/org/lessons").get_data(as_text=True)
    return str(page.split('name="csrf_token" value="')[1].split('"')[0])


def test_a_plain_pdf_with_links_is_one(lite: World) -> None:
    for change in (None, linked):
        file = paper(change)
        assert not papers.acts(file)
        found = measured(file)
        assert found is not None
        assert (found.kind, found.length) == (LessonKind.PDF, 1)


def test_a_pdf_that_cannot_be_read_whole_is_none() -> None:
    whole = paper().getvalue()
    assert measured(io.BytesIO(whole[:200])) is None
    assert papers.acts(io.BytesIO(whole[:200]))
