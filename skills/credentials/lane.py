"""The fast lane: a design is laid out once by WeasyPrint, each certificate adds only what varies.

A `Bed` is one laid-out page without what varies: constant bytes with known offsets, and for every line that varies its
place, face, size and colour. Printing writes the few objects that differ behind them: one content stream, small fonts
of the glyphs used, the pictures, the attachments, the metadata. What the lane cannot set exactly is printed by plain
WeasyPrint (`paper.print_page`); a test compares the two, pixel by pixel. It reaches into WeasyPrint's page boxes, so
the version is pinned.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pydyf  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration

from skills.credentials import fonts, glyphs, paper
from skills.credentials.glyphs import CannotSet, Line, outlines
from skills.credentials.paper import Fill, Layout

HAIR = 0.16  # em between the parts of a number: `.group` in the template
PER_FACE = 5  # objects of a font: the font, its descendant, descriptor, program, map to Unicode
MOST_BEDS = 48
FACE_NAMES = tuple(fonts.FACES)
FAMILIES = {"PaperBold": "bold", "PaperText": "text", "PaperSans": "sans"}
CLOSE = 1e-6
HEAD = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"


@dataclass(frozen=True)
class Slot:
    """Where a line that varies stands, in CSS pixels.

    start   x of the left edge for `left`, of the middle for `center`, of the right edge for `right`
    room    the widest that it may become
    gap     between its parts
    """

    name: str
    face: str
    size: float
    spacing: float
    colour: tuple[float, float, float]
    align: str
    start: float
    baseline: float
    room: float
    gap: float


@dataclass
class Bed:
    """One laid-out design for one shape of filling; see the module."""

    slots: tuple[Slot, ...]
    constant: bytes
    offsets: Mapping[int, int]
    numbers: Mapping[str, int]
    size: int
    metadata: str
    sample: Fill
    information: bytes

    def print(self, filled: Fill) -> bytes:
        """The page as PDF/A-3u, not yet sealed. Raises `CannotSet`."""
        page = _Page(self, filled)
        out, offsets = [self.constant], dict(self.offsets)
        at = len(self.constant)
        for number, body in page.objects():
            offsets[number] = at
            written = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            out.append(written)
            at += len(written)
        rows = b"".join(b"%010d 00000 n \n" % offsets[n] for n in range(1, self.size))
        seed = bytes.fromhex(filled.identifier)[:16].hex().encode()
        digest = hashlib.md5(b"".join(out[1:]), usedforsecurity=False).hexdigest().encode()
        out.append(
            b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 2 0 R/Info %d 0 R/ID[<%b><%b>]>>\n"
            b"startxref\n%d\n%%%%EOF\n" % (self.size, rows, self.size, self.numbers["info"], seed, digest, at)
        )
        return b"".join(out)


class _Type:
    """Lines set one after another, and the small fonts that hold just their glyphs.

    prefix  of the fonts' names in the page's resources: S for what all sheets of a bed share, L for what varies
    """

    def __init__(self, prefix: str, numbers: Mapping[str, int]) -> None:
        self._prefix, self._numbers = prefix, numbers
        self._used: dict[str, dict[int, tuple[int, str]]] = {face: {} for face in FACE_NAMES}
        self._parts = ["q 0.75 0 0 0.75 0 0 cm"]  # WeasyPrint's content before has turned the page upside down for good

    def set(self, x: float, baseline: float, colour: tuple[float, float, float], face: str, line: Line) -> None:
        """A line at a place in CSS pixels."""
        ink = " ".join(map(_number, colour))
        self._parts.append(
            f"BT {ink} rg 1 0 0 -1 {_number(x)} {_number(baseline)} Tm /{self._prefix}{face} {_number(line.size)} Tf "
            f"[{self._shown(face, line)}] TJ ET"
        )

    def objects(self) -> Iterator[tuple[int, bytes]]:
        """The content and its fonts."""
        yield self._numbers[f"{self._prefix}content"], _stream("\n".join([*self._parts, "Q"]).encode())
        for face in FACE_NAMES:
            yield from self._font(face)

    def _shown(self, face: str, line: Line) -> str:
        used, out = self._used[face], "<"
        for glyph in line.glyphs:
            place, _ = used.setdefault(glyph.id, (len(used) + 1, glyph.text))
            before = f">{glyph.before}<" if glyph.before else ""
            after = f">{glyph.after}<" if glyph.after else ""
            out += f"{before}{place:04x}{after}"
        return out + ">"

    def _font(self, face: str) -> Iterator[tuple[int, bytes]]:
        first, held, used = self._numbers[f"{self._prefix}{face}"], outlines(face), self._used[face]
        drawn = [held.glyph(number) for number in used]
        name = f"/{self._prefix}PAPE{FACE_NAMES.index(face) + 65:c}+{face.capitalize()}".encode()
        widths = b" ".join(b"%d" % width for width, _ in drawn)
        yield first, (
            b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (name, first + 1, first + 4)
        )
        yield first + 1, (
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/FontDescriptor %d 0 R/DW 1000/W[1[%b]]>>" % (name, first + 2, widths)
        )
        yield first + 2, (
            b"<</Type/FontDescriptor/FontName%b/Flags 4/FontBBox[-300 -400 1300 1300]/ItalicAngle 0/Ascent %d/Descent %d"
            b"/CapHeight 733/StemV 80/FontFile3 %d 0 R>>" % (name, held.ascent, held.descent, first + 3)
        )
        yield first + 3, _stream(glyphs.cff(name[1:], [program for _, program in drawn]), "/Subtype/CIDFontType0C")
        yield first + 4, _stream(_to_unicode(used))


class _Page:
    """The objects that one certificate adds to its bed."""

    def __init__(self, bed: Bed, filled: Fill) -> None:
        self._bed, self._filled = bed, filled

    def objects(self) -> Iterator[tuple[int, bytes]]:
        numbers, filled = self._bed.numbers, self._filled
        yield from self._lines().objects()
        yield numbers["qr"], _bits(filled.pictures["qr"])
        if "photo" in filled.pictures:
            yield numbers["photo"], _jpeg(filled.pictures["photo"])
        for name, data in filled.files.items():
            yield numbers[name], self._file(data)
        yield numbers["metadata"], _stream(self._metadata(), "/Type/Metadata/Subtype/XML")
        yield numbers["info"], self._information()

    def _lines(self) -> _Type:
        page = _Type("L", self._bed.numbers)
        for slot in self._bed.slots:
            text = self._filled.texts[slot.name]
            lines = [glyphs.shape(slot.face, slot.size, slot.spacing, part) for part in text.parts]
            width = sum(line.width for line in lines) + slot.gap * (len(lines) - 1)
            if width > slot.room + CLOSE:
                raise CannotSet(slot.name)
            x = slot.start - {"left": 0, "center": width / 2, "right": width}[slot.align]
            for line in lines:
                page.set(x, slot.baseline, slot.colour, slot.face, line)
                x += line.width + slot.gap
        return page

    def _file(self, data: bytes) -> bytes:
        made = f"{self._filled.made_at:%Y%m%d%H%M%SZ}"
        check = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return _stream(
            data,
            f"/Type/EmbeddedFile/Subtype/application#2fjson/Params<</CheckSum<{check}>/Size {len(data)}"
            f"/CreationDate(D:{made})/ModDate(D:{made})>>",
        )

    def _metadata(self) -> bytes:
        sample, filled, text = self._bed.sample, self._filled, self._bed.metadata
        text = text.replace(escape(sample.title), escape(filled.title))
        return text.replace(_moment(sample), _moment(filled)).encode()

    def _information(self) -> bytes:
        sample, filled, said = self._bed.sample, self._filled, self._bed.information
        for old, new in ((_title(sample), _title(filled)), (_pdf_moment(sample), _pdf_moment(filled))):
            said = said.replace(old, new)
        return said


class Press:
    """Prints pages: by the lane from the second of a kind on, by WeasyPrint what is single or special.

    Laying a bed costs what two plain pages cost, so the first of a kind is printed plainly.
    """

    def __init__(self) -> None:
        self._beds: dict[object, Bed | None] = {}
        self._seen: set[object] = set()

    def print(self, ready: Layout, filled: Fill) -> bytes:
        """One page, not yet sealed. Raises `Refusal("certificate.glyph_missing")`."""
        kind = (ready.design, shape_of(filled))
        if kind not in self._seen:
            if len(self._seen) >= MOST_BEDS:
                self._seen.clear()
                self._beds.clear()
            self._seen.add(kind)
            return paper.print_page(ready, filled)
        if kind not in self._beds:
            self._beds[kind] = _laid(ready, filled)
        bed = self._beds[kind]
        if bed is not None:
            try:
                return bed.print(filled)
            except CannotSet:
                pass
        return paper.print_page(ready, filled)


def shape_of(filled: Fill) -> tuple[object, ...]:
    """What of a filling decides where things stand: two fillings of one shape fit one bed."""
    texts = [(name, len(t.parts), t.face, t.size, t.space) for name, t in sorted(filled.texts.items())]
    photo = _jpeg_size(filled.pictures["photo"]) if "photo" in filled.pictures else None
    return (*texts, filled.qr_width, photo, *sorted(filled.files))


def _laid(ready: Layout, filled: Fill) -> Bed | None:
    try:
        return lay(ready, filled)
    except CannotSet:
        return None


def lay(ready: Layout, sample: Fill) -> Bed:
    """Lay a design out, with one certificate to see where things stand. Raises `CannotSet` for what the lane cannot do."""
    document = paper.rendered(ready, sample, FontConfiguration())
    lifted, plain = _lifted(document.pages[0]._page_box)
    slots = [_slot(name, boxes, sample) for name, boxes in lifted.items()]
    held: dict[str, Any] = {}

    def keep(_document: object, out: pydyf.PDF) -> None:
        paper.lay_under(out, ready.art)
        held.update(_opened(out, sample, plain))

    paper.written(document, sample, keep)
    return Bed(tuple(slots), sample=sample, **held)


@dataclass(frozen=True)
class _Plain:
    """A line that every sheet of the bed shows."""

    x: float
    baseline: float
    colour: tuple[float, float, float]
    face: str
    line: Line


def _lifted(page: Any) -> tuple[dict[str, list[Any]], list[_Plain]]:
    """Take the text out of the page: the boxes of what varies by name, in order, and the lines that do not.

    Text that is turned, clear or set otherwise stays for WeasyPrint to draw.
    """
    varying: dict[str, list[Any]] = {}
    plain: list[_Plain] = []

    def walk(box: Any, name: str | None, block: Any, upright: bool) -> None:
        kept = []
        for child in getattr(box, "children", ()):
            inner = getattr(child, "_box", child)  # an absolute box stands in as its placeholder
            called = _called(inner) or name
            straight = upright and inner.style["opacity"] == 1 and not inner.style["transform"]
            if type(inner).__name__ == "TextBox" and called:
                inner.lane_block = block
                varying.setdefault(called, []).append(inner)
            elif type(inner).__name__ == "TextBox" and straight and (line := _plain(inner)):
                plain.append(line)
            else:
                walk(inner, called, inner if type(inner).__name__ in ("BlockBox", "FlexBox") else block, straight)
                kept.append(child)
        if hasattr(box, "children"):
            box.children = tuple(kept)

    walk(page, None, page, True)
    return varying, plain


def _called(box: Any) -> str | None:
    element: Any = getattr(box, "element", None)
    found: str | None = element.get("data-vary") if hasattr(element, "get") else None
    return found


def _plain(box: Any) -> _Plain | None:
    try:
        face, size, spacing, colour = _hand(box)
        line = glyphs.shape(face, size, spacing, box.text)
    except CannotSet:
        return None
    if abs(line.width - box.width) > CLOSE:
        return None
    return _Plain(box.position_x, box.position_y + box.baseline, colour, face, line)


def _hand(box: Any) -> tuple[str, float, float, tuple[float, float, float]]:
    """Face, size, spacing and colour of a box. Raises `CannotSet`."""
    style = box.style
    colour = style["color"].to("srgb")
    face = FAMILIES.get(style["font_family"][0])
    if face is None or float(colour.alpha) != 1 or style["visibility"] != "visible":
        raise CannotSet(box.text)
    red, green, blue = (float(value) for value in colour.coordinates)
    spacing = 0.0 if style["letter_spacing"] == "normal" else float(style["letter_spacing"])
    return face, float(style["font_size"]), spacing, (red, green, blue)


def _slot(name: str, boxes: list[Any], sample: Fill) -> Slot:
    first, last, text = boxes[0], boxes[-1], sample.texts[name]
    face, size, spacing, colour = _hand(first)
    if face != text.face or len(boxes) != len(text.parts):
        raise CannotSet(name)
    gap = HAIR * size
    lines = [glyphs.shape(face, size, spacing, part) for part in text.parts]
    width = sum(line.width for line in lines) + gap * (len(lines) - 1)
    block = first.lane_block
    left, room = block.content_box_x(), float(block.width)
    nowrap = first.style["white_space"] == "nowrap"
    align = "center" if block.style["text_align_all"] == "center" else "left"
    if nowrap:
        align, room = ("right" if block.style["right"] != "auto" else align), float("inf")
    start = {"left": left, "center": left + block.width / 2, "right": left + block.width}[align]
    laid = start - {"left": 0, "center": width / 2, "right": width}[align]
    ends = last.position_x + last.width
    if abs(laid - first.position_x) > 0.001 or abs(laid + width - ends) > 0.001:
        raise CannotSet(name)  # WeasyPrint set it otherwise than we would
    baseline = first.position_y + first.baseline
    return Slot(name, face, size, spacing, colour, align, start, baseline, room, gap)


def _opened(out: pydyf.PDF, sample: Fill, plain: list[_Plain]) -> dict[str, Any]:
    """The written objects, divided into those that stay and those that each certificate brings."""
    numbers = {"qr": _picture(out, "false"), "metadata": _of_type(out, "/Metadata")}
    if "photo" in sample.pictures:
        numbers["photo"] = next(o.number for o in _streams(out) if o.extra.get("Filter") == "/DCTDecode")
    for spec in (o for o in out.objects if isinstance(o, dict) and o.get("Type") == "/Filespec"):
        numbers[str(spec["UF"].string)] = int(spec["EF"]["F"].split()[0])
    metadata = b"".join(out.objects[numbers["metadata"]].stream).decode()
    varies, page = set(numbers.values()), out.objects[int(out.pages["Kids"][0])]
    font_list = out.objects[int(out.objects[int(page["Resources"].split()[0])]["Font"].split()[0])]
    size = len(out.objects)
    for prefix in "SL":
        for face in FACE_NAMES:
            numbers[f"{prefix}{face}"] = size
            font_list[f"{prefix}{face}"] = b"%d 0 R" % size
            size += PER_FACE
        numbers[f"{prefix}content"] = size
        page["Contents"].append(b"%d 0 R" % size)
        size += 1
    numbers["info"] = size
    shared = _Type("S", numbers)
    for line in plain:
        shared.set(line.x, line.baseline, line.colour, line.face, line.line)
    stays = [(item.number, item.data) for item in out.objects[1:] if item.number not in varies]
    parts, offsets, at = [HEAD], {}, len(HEAD)
    for number, data in (*stays, *shared.objects()):
        written = b"%d 0 obj\n%b\nendobj\n" % (number, data)
        offsets[number] = at
        parts.append(written)
        at += len(written)
    return {
        "constant": b"".join(parts), "offsets": offsets, "numbers": numbers, "size": size + 1, "metadata": metadata,
        "information": out.info.data,
    }  # fmt: skip


def _streams(out: pydyf.PDF) -> Iterator[Any]:
    return (item for item in out.objects if isinstance(item, pydyf.Stream))


def _picture(out: pydyf.PDF, interpolate: str) -> int:
    [found] = [o.number for o in _streams(out) if o.extra.get("Interpolate") == interpolate]
    return int(found)


def _of_type(out: pydyf.PDF, kind: str) -> int:
    [found] = [o.number for o in _streams(out) if o.extra.get("Type") == kind]
    return int(found)


def _stream(data: bytes, extra: str = "") -> bytes:
    packed = zlib.compress(data, 6)
    return b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (extra.encode(), len(packed), packed)


def _bits(png: bytes) -> bytes:
    """A black and white PNG as an image: PDF understands the very bytes of its data."""
    at, data, side = 8, b"", (0, 0)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IHDR":
            width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", png[at + 8 : at + 21])
            if (depth, colours, interlaced) != (1, 0, 0):
                raise CannotSet("the code is not black and white")
            side = (width, height)
        elif kind == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 1/Interpolate false"
        b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 1/BitsPerComponent 1/Columns %d>>/Length %d>>\nstream\n%b\n"
        b"endstream" % (*side, side[0], len(data), data)
    )


def _jpeg(data: bytes) -> bytes:
    width, height, channels = _jpeg_size(data)
    if channels not in (1, 3):
        raise CannotSet("the photo is neither grey nor RGB")
    space = b"RGB" if channels == 3 else b"Gray"
    return (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/Device%b/BitsPerComponent 8/Interpolate true"
        b"/Filter/DCTDecode/Length %d>>\nstream\n%b\nendstream" % (width, height, space, len(data), data)
    )


def _jpeg_size(data: bytes) -> tuple[int, int, int]:
    """(width, height, channels) of a JPEG; zeros for anything else, which no bed fits."""
    at = 2
    while data.startswith(b"\xff\xd8") and at + 10 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in (0xC0, 0xC1, 0xC2):
            height, width, channels = struct.unpack(">HHB", data[at + 5 : at + 10])
            return width, height, channels
        at += 2 + length
    return 0, 0, 0


def _to_unicode(used: Mapping[int, tuple[int, str]]) -> bytes:
    rows = [f"<{place:04x}> <{text.encode('utf-16-be').hex()}>" for place, text in used.values()]
    blocks = [rows[i : i + 100] for i in range(0, len(rows), 100)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe)\n"
        "/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{mapped}\nendcmap\n"
        "CMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


def _number(value: float) -> str:
    """As WeasyPrint writes numbers: six places, no zeros at the end."""
    return f"{value:f}".rstrip("0").rstrip(".")


def _title(filled: Fill) -> bytes:
    data: bytes = pydyf.String(filled.title).data
    return data


def _moment(filled: Fill) -> str:
    return f"{filled.made_at:%Y-%m-%dT%H:%M:%SZ}"


def _pdf_moment(filled: Fill) -> bytes:
    return f"D:{filled.made_at:%Y%m%d%H%M%SZ}".encode()
