"""A finished PDF read from its bytes: what stands where, in which fonts, with what attached.

Written against the file format and not against the code that makes papers: a page that was laid out once and filled is
read like one that was laid out whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import Image

from skills.credentials.lint.objects import File, Stream, png

MM = 25.4 / 72
_MOST_DEPTH = 6

Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Run:
    """A piece of text in a line; millimetres from the left and the top edge, `base` its baseline.

    level    whether it stands upright; slanted and ringed texts do not
    undrawn  how many of its glyphs the font does not have; mute: how many say no character to a reader
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    level: bool
    undrawn: int
    mute: int


@dataclass(frozen=True)
class Placed:
    """A picture on the page, in millimetres; `data` gives its pixels."""

    name: str
    left: float
    top: float
    width: float
    height: float
    data: Stream

    def picture(self) -> Image.Image:
        """Its pixels in grey. Raises ValueError for a kind that papers do not hold."""
        about = self.data.about
        if about.get("/Filter") == "/DCTDecode":
            return Image.open(BytesIO(self.data.raw)).convert("L")
        wide, high, depth = (int(about[k]) for k in ("/Width", "/Height", "/BitsPerComponent"))
        colours = 3 if about.get("/ColorSpace") == "/DeviceRGB" else 1
        if about.get("/Filter") != "/FlateDecode" or depth not in (1, 8):
            raise ValueError(f"a picture packed as {about.get('/Filter')}, {depth} bits")
        if int((about.get("/DecodeParms") or {}).get("/Predictor", 1)) >= 10:
            return Image.open(BytesIO(png(wide, high, depth, colours, self.data.raw))).convert("L")
        mode = "1" if depth == 1 else "RGB" if colours == 3 else "L"
        return Image.frombytes(mode, (wide, high), self.data.data).convert("L")


@dataclass(frozen=True)
class Reading:
    """All of a file that rules ask about. Sizes in millimetres."""

    entries: tuple[tuple[str, Any], ...]  # of every dictionary in the file
    pages: int
    width: float
    height: float
    runs: tuple[Run, ...]
    pictures: tuple[Placed, ...]
    fonts: tuple[tuple[str, bool], ...]  # name, and whether its outlines are in the file
    files: Mapping[str, bytes]
    metadata: str
    signatures: int
    encrypted: bool
    text: str


def read(pdf: bytes) -> Reading:
    """Read a PDF. Raises ValueError for one that cannot be read."""
    try:
        file = File(pdf)
        root = file.of(file.trailer["/Root"])
        sheets = list(_pages(file, root["/Pages"]))
        page = sheets[0]
        box = [float(v) for v in file.get(page, "/MediaBox")]
        walker = _Walker(file, box[3])
        content = file.get(page, "/Contents")
        parts = content if isinstance(content, list) else [content]
        walker.walk(b"\n".join(file.of(part).data for part in parts), file.get(page, "/Resources"), UNIT, 0)
        told = file.get(root, "/Metadata")
        entries = tuple(file.entries())
        return Reading(
            entries, len(sheets), (box[2] - box[0]) * MM, (box[3] - box[1]) * MM, tuple(walker.runs),
            tuple(walker.pictures), tuple(walker.faces.values()), dict(_files(file, root)),
            told.data.decode("utf-8", "replace") if told else "", sum(key == "/ByteRange" for key, _ in entries),
            "/Encrypt" in file.trailer, "".join(run.text for run in walker.runs),
        )  # fmt: skip
    except Exception as error:  # a broken file breaks a parser in any way
        raise ValueError(f"cannot be read: {type(error).__name__}") from error


def _pages(file: File, node: Any) -> Iterator[Any]:
    for kid in file.get(node, "/Kids"):
        if file.get(kid, "/Type") == "/Pages":
            yield from _pages(file, kid)
        else:
            yield file.of(kid)


def _files(file: File, root: Any) -> Iterator[tuple[str, bytes]]:
    names = file.get(file.get(file.get(root, "/Names", {}), "/EmbeddedFiles", {}), "/Names", [])
    for spec in names[1::2]:
        name = file.get(spec, "/UF", "") or file.get(spec, "/F")
        yield name, file.get(file.get(spec, "/EF"), "/F").data


class _Font:
    """A composite font: codes of two bytes, their characters and widths."""

    def __init__(self, file: File, entry: Any) -> None:
        inner = file.of(file.get(entry, "/DescendantFonts")[0])
        descriptor = file.get(inner, "/FontDescriptor")
        self.name = str(inner["/BaseFont"]).lstrip("/")
        self.embedded = any(f"/FontFile{n}" in descriptor for n in ("", "2", "3"))
        self.characters = _to_unicode(file.get(entry, "/ToUnicode").data)
        self.widths = dict(_widths([file.of(one) for one in file.get(inner, "/W", [])]))
        self.width = float(file.get(inner, "/DW", 1000))

    def glyphs(self, data: bytes) -> Iterator[tuple[int, str, float]]:
        """Code, character and width in thousandths."""
        for at in range(0, len(data) - 1, 2):
            code = int.from_bytes(data[at : at + 2], "big")
            yield code, self.characters.get(code, ""), self.widths.get(code, self.width)


_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


@lru_cache(maxsize=256)
def _to_unicode(cmap: bytes) -> Mapping[int, str]:
    """Code → text. The map of a font that many sheets share is read once."""
    found: dict[int, str] = {}
    for kind, body in _BLOCK.findall(cmap):
        if kind == b"bfchar":
            for code, text in _CHAR.findall(body):
                found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
        else:
            for first, last, text in _RANGE.findall(body):
                for shift in range(int(last, 16) - int(first, 16) + 1):
                    found[int(first, 16) + shift] = chr(int(text, 16) + shift)
    return found


def _widths(held: list[Any]) -> Iterator[tuple[int, float]]:
    at = 0
    while at < len(held):
        if isinstance(held[at + 1], list):
            yield from ((int(held[at]) + n, float(w)) for n, w in enumerate(held[at + 1]))
            at += 2
        else:
            yield from ((code, float(held[at + 2])) for code in range(int(held[at]), int(held[at + 1]) + 1))
            at += 3


_PIECE = re.compile(rb"<([0-9A-Fa-f]*)>|([-+.0-9e]+)")
# Operators with the operands that change nothing here; none for those that would show what is not followed.
_HARMLESS: dict[bytes, tuple[float, ...]] = {
    b"Tc": (0,), b"Tw": (0,), b"Ts": (0,), b"Tz": (100,), b"Tr": (0, 1, 2), b"TL": (), b"T*": (), b"'": (), b'"': (), b"BI": (),
}  # fmt: skip
_OPERATORS = frozenset((b"q", b"Q", b"cm", b"Do", b"BT", b"Tf", b"Tm", b"Td", b"TD", b"TJ", b"Tj", *_HARMLESS))


class _Walker:
    """Follows a page's content through its forms. `height` of the page in points."""

    def __init__(self, file: File, height: float) -> None:
        self.file, self.height = file, height
        self.runs: list[Run] = []
        self.pictures: list[Placed] = []
        self.faces: dict[int, tuple[str, bool]] = {}
        self._fonts: dict[int, _Font] = {}
        self._drawings: set[int] = set()

    def walk(self, data: bytes, resources: Any, base: Matrix, depth: int) -> None:
        """One stream of content. Raises ValueError for what is not followed here."""
        forms, fonts = self.file.get(resources, "/XObject", {}), self.file.get(resources, "/Font", {})
        here, stack, text = base, [], _Hand()
        words = data.split()
        for at, word in enumerate(words):
            if word not in _OPERATORS:
                continue
            if word == b"q":
                stack.append(here)
            elif word == b"Q":
                here = stack.pop()
            elif word == b"cm":
                here = _times(_matrix(words[at - 6 : at]), here)
            elif word == b"Do":
                self._draw(words[at - 1].decode(), forms, here, depth)
            elif word in (b"TJ", b"Tj"):
                along = self._show(_shown(words, at), text, here)
                text.place = _times((1, 0, 0, 1, along, 0), text.place)
            else:
                self._write(word, words[max(0, at - 6) : at], text, fonts)

    def _draw(self, name: str, forms: Any, here: Matrix, depth: int) -> None:
        held = self.file.of(forms[name])
        if id(held) in self._drawings:
            return
        if held.about["/Subtype"] == "/Image":
            corners = [_point(here, x, y) for x in (0, 1) for y in (0, 1)]
            xs, ys = [x * MM for x, _ in corners], [(self.height - y) * MM for _, y in corners]
            self.pictures.append(Placed(name, min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), held))
        elif depth >= _MOST_DEPTH:
            raise ValueError("forms in forms in forms")
        elif b"BT" in held.data or b" Do" in held.data:
            a, b, c, d, e, f = (float(v) for v in self.file.get(held, "/Matrix", UNIT))
            self.walk(held.data, self.file.get(held, "/Resources", {}), _times((a, b, c, d, e, f), here), depth + 1)
        else:
            self._drawings.add(id(held))

    def _write(self, word: bytes, before: list[bytes], text: _Hand, fonts: Any) -> None:
        if word == b"BT":
            text.line = text.place = UNIT
        elif word == b"Tf":
            text.font, text.size = self._font(fonts[before[-2].decode()]), float(before[-1])
        elif word == b"Tm":
            text.line = text.place = _matrix(before)
        elif word in (b"Td", b"TD"):
            text.line = text.place = _times((1, 0, 0, 1, float(before[-2]), float(before[-1])), text.line)
        elif not _HARMLESS[word] or float(before[-1]) not in _HARMLESS[word]:
            raise ValueError(f"text shown by {word.decode()}")

    def _show(self, pieces: bytes, hand: _Hand, here: Matrix) -> float:
        """Keep what is shown; how far it goes along the line."""
        if hand.font is None or b"(" in pieces:
            raise ValueError("text without a font, or of single bytes")
        along, said, undrawn, last = 0.0, [], 0, 0.0
        size, place = hand.size, _times(hand.place, here)
        for code, number in _PIECE.findall(pieces):
            if number:
                along -= float(number) / 1000 * size
                continue
            for glyph, character, width in hand.font.glyphs(bytes.fromhex(code.decode())):
                undrawn += glyph == 0
                said.append(character)
                along += width / 1000 * size
                last = along
        left, base = _point(place, 0, 0)
        right, end = _point(place, last, 0)
        scale = (place[2] ** 2 + place[3] ** 2) ** 0.5
        self.runs.append(
            Run(
                "".join(said), left * MM, right * MM, (self.height - base) * MM, size * scale * MM,
                abs(end - base) < 0.01 and right >= left, undrawn, sum(not one for one in said),
            )
        )  # fmt: skip
        return along

    def _font(self, entry: Any) -> _Font:
        held = self.file.of(entry)
        key = id(held)
        if key not in self._fonts:
            self._fonts[key] = _Font(self.file, held)
            self.faces[key] = (self._fonts[key].name, self._fonts[key].embedded)
        return self._fonts[key]


@dataclass
class _Hand:
    """What text is written with, and where in the line it is."""

    font: _Font | None = None
    size: float = 0.0
    line: Matrix = UNIT
    place: Matrix = UNIT


def _shown(words: list[bytes], at: int) -> bytes:
    """The operand of the TJ or Tj at a place: an array of pieces, or one piece."""
    first = b"[" if words[at] == b"TJ" else b"<"
    start = at - 1
    while not words[start].startswith(first):
        start -= 1
    return b"".join(words[start:at])


def _matrix(words: list[bytes]) -> Matrix:
    a, b, c, d, e, f = map(float, words)
    return (a, b, c, d, e, f)


def _times(one: Matrix, other: Matrix) -> Matrix:
    """First `one`, then `other`."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
