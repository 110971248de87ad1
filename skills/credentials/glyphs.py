"""Lines of text set by Pango exactly as WeasyPrint sets them, and small fonts of just the glyphs that a paper uses.

`weasyprint.draw.text.draw_first_line` (70.0) is what `shape` agrees with, number for number; a test compares pictures.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import weasyprint
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
from weasyprint.text.ffi import FROM_UNITS, ffi, pango
from weasyprint.text.fonts import FontConfiguration, get_pango_font_key
from weasyprint.text.line_break import Layout, line_size

from skills.credentials import fonts

UPEM = 1000
HEADER = b"\1\0\4\4"
ENDCHAR = b"\x0e"


class CannotSet(Exception):
    """This text needs more than one plain line of one font: let WeasyPrint print the page."""


@dataclass(frozen=True)
class Glyph:
    """One glyph of a line. `before` and `after` are the shifts of a TJ array, in thousandths; empty for none."""

    id: int
    text: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """A line as it is set: width in CSS pixels, and the size Pango gave the font."""

    width: float
    size: float
    glyphs: tuple[Glyph, ...]


@lru_cache(maxsize=20_000)
def shape(face: str, size: float, spacing: float, text: str) -> Line:
    """A line of text in a face of `fonts.FACES`; size and letter spacing in CSS pixels. Raises `CannotSet`."""
    if not text.isprintable() or text != " ".join(text.split()):
        raise CannotSet(text)
    layout = Layout(_style(face, size, spacing))
    layout.set_text(text)
    pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    line, more = layout.get_first_line()
    if more is not None:
        raise CannotSet(text)
    width, _ = line_size(line, layout.style)
    glyphs: list[Glyph] = []
    run, drawn_size = line.runs, 0.0
    while run != ffi.NULL:
        item, run = run.data, run.next
        _, description, drawn_size = get_pango_font_key(item.item.analysis.font)
        family = ffi.string(pango.pango_font_description_get_family(description)).decode()
        if family != _family(face)[0] or item.item.analysis.level % 2:
            raise CannotSet(text)
        glyphs += _run(item, text, drawn_size)
    return Line(width, drawn_size, tuple(glyphs))


def _run(item: Any, text: str, size: float) -> list[Glyph]:
    encoded, offset = text.encode(), item.item.offset
    infos, clusters, count = item.glyphs.glyphs, item.glyphs.log_clusters, item.glyphs.num_glyphs
    found = []
    for i in range(count):
        info = infos[i]
        geometry = info.geometry
        if info.glyph == pango.PANGO_GLYPH_EMPTY or info.glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG or geometry.y_offset:
            raise CannotSet(text)
        until = item.item.length if i == count - 1 else clusters[i + 1]
        shift = geometry.x_offset / size
        advance = _advance(item.item.analysis.font, info.glyph, size)
        kerning = advance + shift - geometry.width * 1000 * FROM_UNITS / size
        found.append(
            Glyph(
                info.glyph,
                encoded[offset + clusters[i] : offset + until].decode(),
                f"{-shift}" if shift else "",
                f"{int(kerning)}" if kerning else "",
            )
        )
    return found


def _advance(font: Any, glyph: int, size: float) -> int:
    ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
    pango.pango_font_get_glyph_extents(font, glyph, ink, logical)
    width: float = logical.width * 1000 * FROM_UNITS / size
    return round(width)


@cache
def _configuration() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(maxsize=500)
def _style(face: str, size: float, spacing: float) -> Any:
    """WeasyPrint's own style for a line: the installed font by name, and no other."""
    family, weight = _family(face)
    page = weasyprint.HTML(
        string=f'<html lang="zh-CN"><p style="font: {weight} {size!r}px \'{family}\'; letter-spacing: {spacing!r}px">一</p>'
    ).render(font_config=_configuration())
    box = page.pages[0]._page_box
    while type(box).__name__ != "TextBox":
        box = box.children[0]
    return box.style


@cache
def _family(face: str) -> tuple[str, int]:
    pattern = fonts.face(face).pattern
    family, _, weight = pattern.partition(":")
    return family, 700 if weight == "bold" else 400


class Outlines:
    """The drawings of one installed font, kept for the life of the process."""

    def __init__(self, face: str) -> None:
        held = fonts.face(face)
        font = TTFont(held.path, fontNumber=held.index, lazy=True)
        if font["head"].unitsPerEm != UPEM:
            raise CannotSet(f"{held.path}: {font['head'].unitsPerEm} units to the em")
        self.ascent, self.descent = font["hhea"].ascent, font["hhea"].descent
        self._set, self._order = font.getGlyphSet(), font.getGlyphOrder()
        self._held: dict[int, tuple[int, bytes]] = {}

    def glyph(self, number: int) -> tuple[int, bytes]:
        """(advance in thousandths, Type 2 charstring) of a glyph."""
        found = self._held.get(number)
        if found is None:
            drawn = self._set[self._order[number]]
            pen = T2CharStringPen(None, None)
            drawn.draw(pen)
            program = pen.getCharString()
            program.compile()
            found = self._held[number] = (int(drawn.width), program.bytecode)
        return found


@cache
def outlines(face: str) -> Outlines:
    """The outlines of a face. Raises `CannotSet` for a font that is not drawn on a thousand units."""
    return Outlines(face)


def cff(name: bytes, charstrings: list[bytes]) -> bytes:
    """A name-keyed CFF font program of these glyphs after .notdef: in a CIDFontType0 its CID is the glyph's place.

    Layout: Adobe Technical Note 5176.
    """
    programs = [ENDCHAR, *charstrings]
    head = HEADER + _index([name])
    drawn = _index(programs)
    charset = b"\2" + struct.pack(">HH", 1, len(programs) - 2) if charstrings else b"\0"
    start = len(head) + len(_index([_top(0, 0, 0)])) + 4  # two empty indexes follow: strings and subroutines
    top = _index([_top(start, start + len(charset), start + len(charset) + len(drawn))])
    return head + top + b"\0\0\0\0" + charset + drawn


def _top(charset: int, programs: int, private: int) -> bytes:
    return _integer(charset) + b"\x0f" + _integer(programs) + b"\x11" + _integer(0) + _integer(private) + b"\x12"


def _integer(value: int) -> bytes:
    return b"\x1d" + struct.pack(">i", value)


def _index(items: list[bytes]) -> bytes:
    ends, at = [1], 1
    for item in items:
        at += len(item)
        ends.append(at)
    return struct.pack(">HB", len(items), 4) + struct.pack(f">{len(ends)}I", *ends) + b"".join(items)
