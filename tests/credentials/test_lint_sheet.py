"""Every rule before sealing finds its bad example, in files read back from their bytes; good papers pass them all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.credentials import cose, lane, paper
from skills.credentials.lint import Severity, ids
from skills.credentials.lint.objects import File, Ref, Stream, parse
from skills.credentials.lint.reading import Reading, Run, read
from skills.credentials.lint.sheet import BOOK, Printed
from skills.credentials.proof import look_over
from skills.kernel.errors import Refusal
from skills.web.i18n import catalogue, tell_findings
from tests.credentials.test_paper import BASE, COMPETITION, COMPLETION, KINDS, LEVEL, printed, sealed, sheet

WHOLE = "500105199808171234"


@cache
def parts(kind: str = "level") -> tuple[paper.Sheet, bytes, Reading]:
    made = sheet(KINDS[kind], document_number=WHOLE)
    return made, printed(kind), read(printed(kind))


def good(kind: str = "level", **changes: Any) -> Printed:
    made, data, reading = parts(kind)
    held = Printed(
        reading, made.claims, cose.qr_url(BASE, made.claims.number, made.message), "skills.example.org", WHOLE, True,
        {"credential.json": made.badge, "receipt.json": made.receipt}, len(data), has_photo=True,
    )  # fmt: skip
    return replace(held, **changes)


def seen(kind: str = "level", **changes: Any) -> Printed:
    """The same paper, read differently."""
    return good(kind, reading=replace(parts(kind)[2], **changes))


def without(text: str, kind: str = "level", instead: str = "") -> Printed:
    """A paper on which a text is missing, or another stands in its place."""
    runs = tuple(replace(r, text=r.text.replace(text, instead)) for r in parts(kind)[2].runs)
    return seen(kind, runs=runs, text="".join(r.text for r in runs))


def more(text: str, kind: str = "level", **changes: Any) -> Printed:
    """A paper with one more text on it."""
    run = replace(Run(text, 120, 130, 200, 3, True, 0, 0), **changes)
    runs = (*parts(kind)[2].runs, run)
    return seen(kind, runs=runs, text="".join(r.text for r in runs))


def edited(change: Callable[[pikepdf.Pdf], None], kind: str = "level", **how: Any) -> Printed:
    """A file that was really changed, read back."""
    with pikepdf.open(BytesIO(printed(kind))) as pdf:
        change(pdf)
        out = BytesIO()
        pdf.save(out, **how)
    return good(kind, reading=read(out.getvalue()), size=len(out.getvalue()))


def link(uri: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(uri))
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
        pdf.pages[0].Annots = pdf.make_indirect([pdf.make_indirect(note)])

    return change


def script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def second_page(pdf: pikepdf.Pdf) -> None:
    pdf.add_blank_page()


def attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["more.txt"] = b"more"


def other_pictures(kind: str = "level", **changes: Any) -> Printed:
    """The code somewhere else or in another size."""
    pictures = tuple(replace(x, **changes) if abs(x.width - x.height) < 0.1 else x for x in parts(kind)[2].pictures)
    return seen(kind, pictures=pictures)


LONG = Run("长" * 80, 77, 300, 100, 4, True, 0, 0)
BAD: dict[str, list[Callable[[], Printed]]] = {
    "L101": [lambda: edited(second_page)],
    "L102": [lambda: seen(width=210.0, height=297.0)],
    "L103": [lambda: seen(metadata=parts()[2].metadata.replace('conformance="U"', 'conformance="B"'))],
    "L104": [lambda: good(files={"credential.json": b'{"a":2}', "receipt.json": b'{"b":2}'}), lambda: seen(files={})],
    "L105": [lambda: good(files={"credential.json": b'{"a":1}', "receipt.json": b""})],
    "L106": [lambda: edited(attach)],
    "L107": [lambda: edited(script)],
    "L108": [lambda: edited(link("https://evil.example/"))],
    "L109": [lambda: good(reading=read(sealed()))],
    "L110": [lambda: seen(encrypted=True)],
    "L111": [lambda: good(size=5_000_001)],
    "L112": [lambda: seen(metadata="")],
    "L113": [lambda: more("", undrawn=2)],
    "L114": [lambda: more("", mute=1)],
    "L115": [lambda: seen(fonts=(("Noto-Serif", True),)), lambda: seen(fonts=(("ABCDEF+Noto", False),)), lambda: seen(fonts=())],
    "L116": [lambda: seen(runs=(*parts()[2].runs, LONG)), lambda: more("x", base=209.0), lambda: more("x", left=1.0)],
    "L117": [lambda: more("x", left=110.0, right=120.0, base=102.5, size=4.0)],
    "L118": [lambda: good(address=f"{BASE}/v/X#AAAA"), lambda: seen(pictures=())],
    "L119": [lambda: other_pictures(width=30.0, height=30.0)],
    "L120": [lambda: more("x", left=30.0, right=40.0, base=150.0)],
    "L121": [lambda: more("见 evil.example"), lambda: more("skills.example.org.evil.cn")],
    "L122": [lambda: good(national_query=True), lambda: more("jndj.osta.org.cn")],
    "L123": [lambda: without("工种/职业方向"), lambda: without("证书", "completion"), lambda: without("证书编号", instead="编号")],
    "L124": [lambda: without("陈星宇", instead="陈星"), lambda: without("陈星宇")],
    "L125": [lambda: without("三级/高级工", instead="三级 高级工"), lambda: more("四级/中级工"), lambda: more("三级/高级工", "completion")],
    "L126": [lambda: without("数据标注员", instead="--"), lambda: good(claims=replace(LEVEL, branch="--"))],
    "L127": [lambda: without("人工智能训练师", instead="人工智能")],
    "L128": [lambda: without("000412")],
    "L129": [lambda: without(WHOLE, instead=WHOLE[:-1]), lambda: without("居民身份证")],
    "L130": [lambda: good(whole=False)],
    "L131": [lambda: without("2026年11月20日"), lambda: without("重庆星图软件人才评价中心", instead="重庆星图软件")],
    "L132": [lambda: without(COMPLETION.award, "completion"), lambda: without(COMPETITION.award, "competition", "二等奖")],
    "L133": [lambda: good(claims=replace(LEVEL, expires_on=LEVEL.issued_on.replace(year=2036)))],
    "L134": [lambda: without("不代表职业技能等级", "completion")],
    "L135": [lambda: good(specimen=True), lambda: more("演示样本，非有效证书")],
    "L136": [lambda: more("人力资源和社会保障部监制")],
    "L137": [lambda: good(has_photo=False), lambda: seen(pictures=())],
    "L138": [lambda: good(serial="0000-0001"), lambda: replace(more("流水码 0000-0002"), serial="0000-0001")],
}


@pytest.mark.parametrize(("rule", "number"), [(rule, n) for rule, bad in BAD.items() for n in range(len(bad))])
def test_a_rule_finds_its_bad_example(rule: str, number: int) -> None:
    report = BOOK.look(BAD[rule][number]())
    assert rule in ids(report.refused if BOOK.rules[rule].severity is Severity.REFUSE else report.warned)
    for lang in ("zh", "en"):
        for told in tell_findings(report.refused, lang):
            assert "〔" not in told.text, told
            assert told.todo


def test_every_rule_has_a_bad_example_and_its_words() -> None:
    assert set(BAD) == set(BOOK.rules)
    assert {rule.code for rule in BOOK.rules.values()} <= set(catalogue())


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_paper_passes(kind: str) -> None:
    assert BOOK.look(good(kind)).ids == ()


@pytest.mark.parametrize(
    ("claims", "more"),
    [
        (replace(LEVEL, branch="--", holder_name="阿" * 40), {"national_query": True}),
        (replace(LEVEL, holder_name="阿卜杜热合曼·艾力江", level_rank=7, occupation_name="信息系统适配验证师"), {"synthetic": True}),
        (replace(LEVEL, level_rank=5, expires_on=LEVEL.issued_on.replace(year=2030)), {"document_number": WHOLE, "photo": None}),
        (replace(COMPLETION, award="软件测试工程与自动化实践训练", holder_name="José Ñandú"), {}),
    ],
)
def test_papers_of_every_shape_pass_as_they_are_printed(claims: Any, more: dict[str, Any]) -> None:
    made = sheet(claims, **more)
    assert look_over(made, paper.pdf(made)).ids == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("made", [{}, {"synthetic": True, "photo": None, "serial": "00012-0034-01"}])
def test_papers_of_the_fast_lane_pass_like_those_laid_out_whole(kind: str, made: dict[str, Any]) -> None:
    one = sheet(KINDS[kind], document_number=WHOLE, **made)
    layout, filled = paper.layout(paper.design_of(one)), paper.fill(one)
    quick, plain = lane.lay(layout, filled).print(filled), paper.print_page(layout, filled)
    assert look_over(one, quick).ids == look_over(one, plain).ids == ()
    told = [sorted(_stands(run) for run in read(pdf).runs if run.text.strip()) for pdf in (quick, plain)]
    assert told[0] == told[1], "both read the same texts at the same places"
    other = replace(one, claims=replace(one.claims, holder_name="王小明"))
    assert "L124" in look_over(other, quick).ids, "and a paper of somebody else is refused"


def test_a_code_in_a_bodys_own_pictures_is_refused() -> None:
    foreign = cose.qr_symbol("https://evil.example/v/S1").png
    for pictures in ({"logo": foreign}, {"seal": foreign}):
        made = sheet(LEVEL, **pictures)
        assert "L118" in look_over(made, paper.pdf(made)).ids


def _stands(run: Run) -> tuple[str, float, float]:
    return run.text, round(run.left, 1), round(run.base, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_objects_are_read_as_qpdf_reads_them(kind: str) -> None:
    """Plain papers keep their objects in streams, the lane in the open: both against a reader that others wrote."""
    one = sheet(KINDS[kind])
    layout, filled = paper.layout(paper.design_of(one)), paper.fill(one)
    for data in (paper.print_page(layout, filled), lane.lay(layout, filled).print(filled), sealed()):
        file = File(data)
        with pikepdf.open(BytesIO(data)) as other:
            for held in other.objects:
                if isinstance(held, pikepdf.Object) and held.get("/Type", "") not in ("/ObjStm", "/XRef"):
                    assert _same(file, file.of(Ref(held.objgen[0])), held), held.objgen


def _same(file: File, mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Ref):
        return bool(theirs.is_indirect and theirs.objgen[0] == mine.number)
    if isinstance(mine, Stream):
        same = _same(file, mine.about, pikepdf.Dictionary(dict(theirs.items()))) and mine.raw == theirs.read_raw_bytes()
        return same and (mine.about.get("/Subtype") == "/Image" or mine.data == theirs.read_bytes())
    if isinstance(mine, dict):
        return set(mine) == set(theirs.keys()) and all(_same(file, v, theirs.get(k)) for k, v in mine.items())
    if isinstance(mine, list):
        return len(mine) == len(theirs) and all(_same(file, a, b) for a, b in zip(mine, theirs, strict=True))
    if isinstance(mine, str):
        return mine in (str(theirs), bytes(theirs).decode("latin-1") if isinstance(theirs, pikepdf.String) else "")
    return bool(mine == theirs or (mine is not None and abs(float(mine) - float(theirs)) < 1e-9))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"<</A/B#20C/D[1 -2.5 .5 true null]/E<</F 12 0 R>>>>", {"/A": "/B C", "/D": [1, -2.5, 0.5, True, None], "/E": {"/F": Ref(12)}}),
        (rb"(a\(b\) (c) \101\n)", "a(b) (c) A\n"),
        (b"<FEFF9648>", "陈"),
        (b"% said\n[/J#53 <41 4>]", ["/JS", "A@"]),
    ],
)
def test_values_of_every_kind_are_read(text: bytes, value: object) -> None:
    assert parse(text, 0) == (value, len(text))


@pytest.mark.parametrize("text", [b"<</A 1", b"[1>>", b"<</A>>", b"(a", b"]", b"nonsense", b"[" * 100])
def test_broken_values_are_refused(text: bytes) -> None:
    with pytest.raises(ValueError):
        parse(text, 0)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_broken_file_breaks_nothing(data: st.DataObject) -> None:
    made, whole, _ = parts("competition")
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(min_size=1, max_size=40)) + whole[at + data.draw(st.integers(0, 40)) :]
    with suppress(Refusal):
        look_over(made, changed)


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refusal) as no:
        look_over(parts()[0], b"%PDF-1.7 nothing")
    assert no.value.code == "certificate.unreadable"


def test_texts_are_read_where_they_stand() -> None:
    """Against pdftotext, which was written by others."""
    import subprocess

    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=printed("level"), capture_output=True, check=True)
    words = told.stdout.decode()
    [name] = [run for run in parts()[2].runs if run.text == "陈星宇"]
    [line] = [text for text in words.splitlines() if ">陈星宇<" in text]
    left = float(line.split('xMin="')[1].split('"')[0]) * 25.4 / 72
    right = float(line.split('xMax="')[1].split('"')[0]) * 25.4 / 72
    assert abs(name.left - left) < 0.2
    assert abs(name.right - right) < 1.5
