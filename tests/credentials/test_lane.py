"""The fast lane prints what plain WeasyPrint prints: the same pixels, the same words, the same files inside."""

from __future__ import annotations

import contextlib
import re
import subprocess
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from skills.credentials import fonts, glyphs, lane, paper, seal
from skills.kernel import keyfiles
from skills.kernel.errors import Refusal
from tests.credentials.test_paper import COMPETITION, COMPLETION, LEVEL, NOW, sheet

KINDS = {"level": LEVEL, "completion": COMPLETION, "competition": COMPETITION}
OTHERS = {"level": "欧阳明", "completion": "阿依古丽", "competition": "Li Na"}


@cache
def bed(kind: str, synthetic: bool = False) -> tuple[paper.Layout, lane.Bed]:
    """A design of a kind laid out with its sample certificate."""
    made = sheet(KINDS[kind], document_number="500105199808171234", synthetic=synthetic)
    ready, sample = paper.layout(paper.design_of(made)), paper.fill(made)
    return ready, lane.lay(ready, sample)


def other(kind: str, **changes: object) -> paper.Fill:
    """Another certificate of the same design."""
    claims = replace(KINDS[kind], holder_name=OTHERS[kind], number=KINDS[kind].number[:-2] + "77", **changes)
    return paper.fill(sheet(claims, document_number="H12345678"))


def picture(pdf: bytes, folder: Path, dpi: int = 100) -> Image.Image:
    """The page by cairo."""
    (folder / "a.pdf").write_bytes(pdf)
    subprocess.run(["pdftocairo", "-png", "-r", str(dpi), "-singlefile", folder / "a.pdf", folder / "a"], check=True)
    return Image.open(folder / "a.png").convert("RGB")


def words(pdf: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return sorted(done.stdout.decode().split())


@pytest.mark.row(55)
@pytest.mark.parametrize("kind", list(KINDS))
def test_not_one_pixel_differs_and_not_one_word(kind: str, tmp_path: Path) -> None:
    ready, laid = bed(kind)
    filled = other(kind)
    assert lane.shape_of(filled) == lane.shape_of(laid.sample) or kind == "competition"
    quick, plain = laid.print(filled), paper.print_page(ready, filled)
    for dpi in (100, 300) if kind == "level" else (100,):
        assert ImageChops.difference(picture(quick, tmp_path, dpi), picture(plain, tmp_path, dpi)).getbbox() is None
    assert words(quick) == words(plain)


def test_a_specimen_with_its_drawn_seal_agrees_too(tmp_path: Path) -> None:
    ready, laid = bed("level", synthetic=True)
    filled = other("level")
    quick, plain = laid.print(filled), paper.print_page(ready, filled)
    assert ImageChops.difference(picture(quick, tmp_path), picture(plain, tmp_path)).getbbox() is None


def test_the_pixels_would_show_a_shift(tmp_path: Path) -> None:
    """The comparison can fail: a line one pixel to the side is seen (cairo sets glyphs on whole pixels)."""
    _, laid = bed("level")
    moved = replace(laid, slots=tuple(replace(s, start=s.start + 1) if s.name == "name" else s for s in laid.slots))
    one, two = picture(laid.print(other("level")), tmp_path), picture(moved.print(other("level")), tmp_path)
    assert ImageChops.difference(one, two).getbbox() is not None


@pytest.mark.parametrize("kind", list(KINDS))
def test_marks_files_and_names_are_those_of_the_plain_page(kind: str) -> None:
    ready, laid = bed(kind)
    filled = other(kind)
    with pikepdf.open(BytesIO(laid.print(filled))) as quick, pikepdf.open(BytesIO(paper.print_page(ready, filled))) as plain:
        for pdf in (quick, plain):
            assert {n: a.get_file().read_bytes() for n, a in pdf.attachments.items()} == dict(filled.files)
        assert str(quick.docinfo["/Title"]) == str(plain.docinfo["/Title"]) == filled.title
        assert quick.Root.Metadata.read_bytes() == plain.Root.Metadata.read_bytes()
        assert quick.Root.OutputIntents[0].S == plain.Root.OutputIntents[0].S
        assert [str(s.AFRelationship) for s in quick.Root.AF] == [str(s.AFRelationship) for s in plain.Root.AF]
        assert quick.Root.Lang == plain.Root.Lang
        assert not quick.check_pdf_syntax()
        for font in quick.pages[0].Resources.Font.values():
            assert "/ToUnicode" in font
            assert "/FontFile3" in font.DescendantFonts[0].FontDescriptor, "every font is embedded"


def test_its_code_is_read_by_others_and_its_seal_holds(tmp_path: Path) -> None:
    _, laid = bed("level")
    filled = other("level")
    root_key, key = (ec.derive_private_key(n, ec.SECP256R1()) for n in (5, 6))
    root = keyfiles.make_root(root_key, "Root", NOW, 1)
    certificate = keyfiles.make_seal_certificate(key.public_key(), "Seal", root, root_key, NOW, 2)
    sealed = seal.seal(laid.print(filled), keyfiles.SoftKey(key), certificate, root, NOW, "test")
    assert seal.check_pdf(sealed, root, "skills.example.org", NOW).intact
    photo = len(filled.pictures["photo"])
    assert len(sealed) - photo < 80_000, f"{len(sealed) - photo} bytes besides the photo"
    [read] = zxingcpp.read_barcodes(picture(laid.print(filled), tmp_path).resize((2340, 1654)))
    assert read.text.startswith("https://skills.example.org/v/S000050001862263000477#")
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    said = subprocess.run(["pdfsig", "-nocert", tmp_path / "sealed.pdf"], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_the_table_of_objects_points_at_each_object_exactly() -> None:
    data = bed("level")[1].print(other("level"))
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    rows = data[start:].split(b"trailer")[0].split(b"\n")[3:-1]
    for number, row in enumerate(rows, 1):
        at = int(row.split()[0])
        assert data[at:].startswith(b"%d 0 obj\n" % number)


def test_the_same_certificate_gives_the_same_bytes() -> None:
    assert bed("level")[1].print(other("level")) == bed("level")[1].print(other("level"))


@pytest.mark.parametrize(
    "name", ["王\u0301明", "محمد", "王  明", "㐱\U00020000", "a" * 40, "欧\u200b阳"], ids=["mark", "rtl", "blanks", "rare", "long", "zero"]
)
def test_what_the_lane_cannot_set_is_printed_plainly(name: str, tmp_path: Path) -> None:
    ready, laid = bed("level")
    filled = paper.fill(sheet(replace(LEVEL, holder_name=name)))
    filled = replace(filled, texts={**filled.texts, "name": replace(laid.sample.texts["name"], parts=(name,))})
    press = lane.Press()
    press.print(ready, laid.sample)
    press.print(ready, laid.sample)
    with contextlib.suppress(Refusal):
        expected = paper.print_page(ready, filled)
        printed = press.print(ready, filled)
        assert ImageChops.difference(picture(printed, tmp_path), picture(expected, tmp_path)).getbbox() is None
        return
    with pytest.raises(Refusal):
        press.print(ready, filled)


def test_the_press_takes_the_lane_from_the_second_of_a_kind() -> None:
    ready, laid = bed("level")
    press = lane.Press()
    first, second = press.print(ready, laid.sample), press.print(ready, other("level"))
    assert b"CIDFontType0C" not in first
    assert b"CIDFontType0C" in second
    assert re.search(rb"startxref\n\d+\n%%EOF\n$", second)


def test_a_design_that_weasyprint_sets_otherwise_is_never_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    ready, laid = bed("level")
    monkeypatch.setattr(lane, "HAIR", 0.5)
    with pytest.raises(glyphs.CannotSet):
        lane.lay(ready, laid.sample)
    press = lane.Press()
    press.print(ready, laid.sample)
    assert b"CIDFontType0C" not in press.print(ready, laid.sample)


NAMES = st.text("王李张欧阳明娜伟·ABCdef0123（）", min_size=1, max_size=6).filter(lambda t: t == t.strip())


@settings(max_examples=25, deadline=None)
@given(NAMES, st.sampled_from(list(fonts.FACES)), st.sampled_from([9.0, 13.3, 36.0]), st.sampled_from([0.0, 0.5]))
def test_a_line_is_as_wide_as_its_glyphs_say(text: str, face: str, size: float, spacing: float) -> None:
    line = glyphs.shape(face, size, spacing, text)
    assert "".join(glyph.text for glyph in line.glyphs) == text
    advances = sum(glyphs.outlines(face).glyph(g.id)[0] for g in line.glyphs) / 1000 * line.size
    shifts = sum(float(g.before or 0) + int(g.after or 0) for g in line.glyphs) / 1000 * line.size
    assert advances - shifts == pytest.approx(line.width, abs=line.size / 500 * len(text) + 2 * spacing)


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=8))
def test_the_little_font_program_is_read_by_fonttools(bodies: list[bytes]) -> None:
    from fontTools.cffLib import CFFFontSet

    held = glyphs.outlines("sans")
    programs = [held.glyph(20 + len(body))[1] for body in bodies]
    read = CFFFontSet()
    read.decompile(BytesIO(glyphs.cff(b"AAAAAA+X", programs)), None)
    assert len(read[0].CharStrings) == len(programs) + 1


