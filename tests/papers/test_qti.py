"""QTI 3: the four kinds go out and come back the same; anything else and anything hostile is refused by its name."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.kernel.errors import Refusal
from skills.papers.queries import banks as queries
from skills.papers.rules import qti
from skills.papers.rules.items import LETTERS, Kind, Question, Thinking, may_hold, normal
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.papers.stage import POINTS, Stage, question
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(30)
TEXT = st.text(min_size=1, max_size=40).map(str.strip).filter(bool)


@st.composite
def questions(draws: st.DrawFn) -> Question:
    kind = draws(st.sampled_from(Kind))
    options: tuple[str, ...] = ()
    answer, tolerance = draws(st.sampled_from(["true", "false"])), ""
    if kind in (Kind.SINGLE, Kind.MULTIPLE):
        options = tuple(draws(st.lists(TEXT, min_size=2, max_size=8, unique=True)))
        least = 1 if kind is Kind.SINGLE else 2
        right = st.lists(st.sampled_from(LETTERS[: len(options)]), min_size=least, max_size=1 if least == 1 else 8, unique=True)
        answer = "".join(draws(right))
    elif kind is Kind.NUMERIC:
        number = st.decimals(-999_999, 999_999, places=3).map(str)
        answer, tolerance = draws(number), draws(number).lstrip("-")
    held = Question(kind, draws(TEXT), options, answer, tolerance, draws(st.sampled_from(POINTS)), draws(st.sampled_from(Thinking)))
    return normal(held)


@settings(max_examples=150, deadline=None)
@given(st.lists(questions(), min_size=1, max_size=4))
def test_four_kinds_go_out_and_come_back_the_same(held: list[Question]) -> None:
    good = [q for q in held if may_hold(q, POINTS)]
    if good:
        data = qti.write("bank", [(f"T{n:04}", q) for n, q in enumerate(good, 1)])
        assert [e.question for e in qti.read(data)] == good
        assert data == qti.write("bank", [(f"T{n:04}", q) for n, q in enumerate(good, 1)])


def package(change: Callable[[str, str], str] = lambda _name, text: text, kind: Kind = Kind.SINGLE, **more: bytes) -> bytes:
    """A package of one item, after a change of its texts by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(qti.write("b", [("T0001", question(kind=kind))]))) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, change(part, old.read(part).decode()))
        for name, data in more.items():
            new.writestr(name, data)
    return out.getvalue()


def item(old: str, new: str) -> Callable[[str, str], str]:
    return lambda name, text: text.replace(old, new) if name.startswith("items/") else text


def manifest(old: str, new: str) -> Callable[[str, str], str]:
    return lambda name, text: text.replace(old, new) if name == qti.MANIFEST else text


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><qti-assessment-item'
OUTSIDE = '<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd"><qti-assessment-item'


@pytest.mark.parametrize(("data", "code", "what"), [
    (package(item("qti-choice-interaction", "qti-order-interaction")), "element", "qti-order-interaction"),
    (package(item("<qti-prompt>", "<qti-prompt><img src='x'/>")), "element", "img"),
    (package(item("xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\"", "xmlns=\"http://www.imsglobal.org/xsd/imsqti_v2p1\"")), "not_qti3",
     "qti-assessment-item"),
    (package(item("<qti-assessment-item", BOMB)), "xml", ""), (package(item("<qti-assessment-item", OUTSIDE)), "xml", ""),
    (package(item("</qti-prompt>", "")), "xml", ""), (package(item("match_correct", "map_response")), "processing", ""),
    (package(item("absolute", "relative"), Kind.NUMERIC), "processing", ""), (package(item("<qti-value>B", "<qti-value>Z")), "shape", ""),
    (package(item("<qti-prompt>", "<qti-prompt>" + "<span>" * 60)), "xml", ""),
    (package(item("第 1 题", "<span>" * 60 + "x" + "</span>" * 60)), "element", "span"),
    (package(manifest("items/T0001", "items/../T0001")), "missing", ""), (package(manifest("imsqti_item_xmlv3p0", "imsqti_test_xmlv3p0")),
     "resource", "imsqti_test_xmlv3p0"), (package(manifest("<manifest", "<!DOCTYPE x><manifest")), "xml", ""),
])  # fmt: skip
def test_what_is_not_of_these_kinds_is_refused_by_its_name(data: bytes, code: str, what: str) -> None:
    with pytest.raises(Refusal) as caught:
        qti.read(data)
    assert caught.value.code == "paper_qti.refused"
    assert [(f.code, f.facts.get("what", "")) for f in caught.value.findings] == [(f"paper_qti.{code}", what)]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(qti.MANIFEST, b" " * 30_000_000)
    return out.getvalue()


def lying() -> bytes:
    """A part of a thousand bytes by its directory, and of thirty million by what lies there."""
    data = bytearray(bomb())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    return bytes(data)


def other_method() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(qti.MANIFEST, b"<manifest/>")
    return out.getvalue()


@pytest.mark.parametrize(("made", "code"), [
    pytest.param(lambda: b"", "not_a_package", id="nothing"), pytest.param(lambda: b"PK\x03\x04 nothing", "not_a_package", id="head alone"),
    pytest.param(lambda: package()[:-40], "not_a_package", id="cut"), pytest.param(bomb, "too_big", id="bomb"),
    pytest.param(other_method, "not_a_package", id="bzip2"), pytest.param(lambda: b"x" * 5 * 2**20, "too_big", id="long"),
    pytest.param(lambda: package().replace("第 1 题".encode(), "第 2 题".encode()), "not_a_package", id="changed"),
    pytest.param(lambda: package(**{f"a{n}": b"" for n in range(1_300)}), "too_big", id="many parts"),
    pytest.param(lying, "not_a_package", id="a directory that lies"),
])  # fmt: skip
def test_a_file_that_is_no_sound_package_is_refused_whole(made: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        qti.read(made())
    assert caught.value.code == f"paper_qti.{code}"


def test_no_more_is_unpacked_than_the_directory_tells() -> None:
    data = lying()
    tracemalloc.start()
    with pytest.raises(Refusal):
        qti.read(data)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_bank_of_five_hundred_comes_back() -> None:
    held = [(f"T{n:04}", question(kind=Kind.SINGLE)) for n in range(1, qti.MOST_ITEMS + 1)]
    assert len(qti.read(qti.write("bank", held))) == qti.MOST_ITEMS


def test_a_default_is_no_key_and_options_named_true_and_false_keep_their_texts() -> None:
    default = "</qti-correct-response><qti-default-value><qti-value>C</qti-value></qti-default-value>"
    with pytest.raises(Refusal) as caught:
        qti.read(package(item("</qti-correct-response>", default)))
    assert [f.code for f in caught.value.findings] == ["paper_qti.shape"]
    worded = package(lambda name, text: text.replace(">对<", ">不允许<").replace(">错<", ">允许<"), Kind.TRUE_FALSE)
    (entry,) = qti.read(worded)
    assert (entry.question.kind, entry.question.options) == (Kind.SINGLE, ("不允许", "允许"))


def test_a_file_that_others_wrote_is_read() -> None:
    spread = item("<qti-prompt>第 1 题</qti-prompt>",
                  "\n  <qti-prompt>\n    <p>哪一项\n       对？</p>\n    <p>只选<span>一</span>项</p>\n  </qti-prompt>\n")
    bare = lambda name, text: manifest("discipline", "idea")(name, spread(name, text))  # noqa: E731
    (entry,) = qti.read(package(bare), POINTS[1], Thinking.APPLY)
    assert (entry.question.stem, entry.question.point, entry.question.answer) == ("哪一项 对？\n只选一项", POINTS[1], "B")
    (gap,) = qti.read(package(item("第 1 题<qti-text-entry-interaction response-identifier=\"RESPONSE\"/>",
                                   "共<qti-text-entry-interaction response-identifier=\"RESPONSE\"/>张"), Kind.NUMERIC))  # fmt: skip
    assert gap.question.stem == "共____张"


def test_a_bank_goes_out_on_record_and_comes_in_as_drafts(visitors: Visitors) -> None:
    world: World = visitors.world
    s = Stage(world)
    for n, kind in enumerate(Kind):
        s.reviewed(question(n, kind))
    s.drafted(question(9))
    writer, reviewer, chief = (visitors.come(a) for a in (s.writer, s.reviewer, s.chief))
    at = f"/ent/items/{s.bank}/packages"
    assert "导出（含答案）" not in text_of(chief.get(at))
    data = press(reviewer, at, f"/ent/items/{s.bank}/export").data
    assert len(qti.read(data)) == 4, "a draft does not go out"
    assert press(writer, at, at, point=POINTS[0], thinking="recall", file=(io.BytesIO(data), "a.zip")).status_code == 303
    lines = world.ask(queries.items, s.bank)
    assert [(i.kind, i.state) for i in lines[5:]] == [(k.value, "draft") for k in Kind]
    wrong = qti.write("b", [("T0001", question(point="别的"))])
    text = text_of(press(writer, at, at, point=POINTS[0], thinking="recall", file=(io.BytesIO(wrong), "a.zip")), 409)
    assert "items/T0001.xml：知识点“别的”在题库中" in text
    world.holds()
