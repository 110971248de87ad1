"""Engraver's line art for the paper: braids, rosettes and an engine-turned bloom as Bézier paths (pure).

One drawing per design, the same for every holder, so that it is drawn once per process. What repeats (a braid's
period, a rosette's petal) is one motif placed many times: a drawing weighs a few kilobytes.
Unit: 1/100 mm, origin at the top left.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from skills.credentials.rules.designs import Inks

WIDTH, HEIGHT = 29700, 21000
MARGIN = 1350  # the braid's middle line, from the sheet's edge
EMBLEM = (4830, 7780)  # the middle of the photo's place
CORNER = 780  # from a corner's centre to where the braid begins
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Lines:
    """Paths in one ink; `width` 0 fills them (even-odd), otherwise the stroke's width."""

    paths: tuple[str, ...]
    ink: str
    width: int = 0


@dataclass(frozen=True)
class Art:
    """A finished drawing: motifs by name, and where each is placed, in painting order."""

    motifs: dict[str, tuple[Lines, ...]]
    placed: tuple[tuple[str, Matrix], ...]

    def pdf_forms(self) -> dict[str, bytes]:
        """Each motif as the content of a PDF form, in the drawing's unit."""
        return {name: b"\n".join(_pdf_lines(lines) for lines in motif) for name, motif in self.motifs.items()}

    def pdf_content(self) -> bytes:
        """The page content that paints the forms, under the names of `pdf_forms`."""
        scale = 72 / 2540
        parts = [f"q 1 J 1 j {scale:.7f} 0 0 {-scale:.7f} 0 {HEIGHT * scale:.4f} cm"]
        parts += [f"q {' '.join(_num(v) for v in m)} cm /{name} Do Q" for name, m in self.placed]
        return "\n".join([*parts, "Q"]).encode()


@cache
def drawing(art: str, inks: Inks, emblem: bool = False) -> Art:
    """The background of a design; `art` is a name of `rules.designs.ARTS`. An emblem stands where no photo does."""
    centre, motif, petals, flips = _CENTRES[art](inks)
    motifs: dict[str, tuple[Lines, ...]] = {
        "ground": tuple(_ground(inks)),
        "petal": motif,
        "braid": (
            Lines(_braid(1000, 400, 9), inks.line, 15),
            Lines(_braid(1000, 215, 4), inks.gold if not inks.band else "#f3e2ae", 15),
        ),
        "corner": (Lines(_loops(12, 320, 810, 7), inks.line, 15), Lines(_loops(12, 190, 500, 5), inks.gold, 15)),
        "medal": tuple(_medal(inks)),
        "star": (Lines((star(0, 0, 100, 0.26),), inks.web),),
        "spark": (Lines((star(0, 0, 100, 0.26),), inks.gold),),
    }
    placed: list[tuple[str, Matrix]] = [("ground", _at(0, 0))]
    placed += [("petal", _turned(*centre, i / petals, flip)) for i in range(petals) for flip in flips]
    placed += [("star", _at(x, y, r)) for x, y, r in _sky(art, *centre)]
    placed += _frame_braids()
    for x in (MARGIN, WIDTH - MARGIN):
        for y in (MARGIN, HEIGHT - MARGIN):
            placed.append(("medal", _at(x, y)))
            placed += [("corner", _turned(x, y, i / 12)) for i in range(12)]
    if emblem:
        placed.append(("medal", _at(*EMBLEM, 1.8)))
        placed += [("corner", _turned(*EMBLEM, i / 12, size=1.8)) for i in range(12)]
    if inks.band:
        placed += [("spark", _at(x, y, r)) for x, y, r in _band_sky()]
    return Art(motifs, tuple(placed))


def _bloom(inks: Inks) -> Centre:
    """Eight petals for eight levels, engine-turned from the middle out."""
    motif = (
        Lines(_petal(8, 1100, 5600, 30), inks.soft, 11),
        Lines(_rim(24, 5350, 6500), inks.web, 10),
    )
    return (WIDTH / 2, 10900.0), motif, 8, (1, -1)


def _lattice(inks: Inks) -> Centre:
    """A wreath of interlaced loops around an open middle."""
    motif = (
        Lines(_loops(12, 4300, 6500, 16), inks.web, 10),
        Lines(_loops(12, 3650, 4700, 12), inks.soft, 11),
        Lines(_loops(12, 3250, 3850, 8), inks.web, 10),
    )
    return (WIDTH / 2, 10900.0), motif, 12, (1,)


def _sunburst(inks: Inks) -> Centre:
    """Rays in waves from the middle out to an interlaced rim."""
    rays = []
    for i in range(15):
        angle = 2 * math.pi * (i + 0.5) / 360
        wave = math.cos(24 * angle)
        near, far = 1700 + 500 * wave, 5350 + 420 * wave
        rays.append("M " + " L ".join(f"{_num(r * math.cos(angle))} {_num(r * math.sin(angle))}" for r in (near, far)))
    motif = (
        Lines(tuple(rays), inks.soft, 14),
        Lines(_loops(24, 5700, 6550, 10), inks.web, 10),
    )
    return (WIDTH / 2, 10700.0), motif, 24, (1,)


Centre = tuple[Point, tuple[Lines, ...], int, tuple[int, ...]]  # where, one petal, how many, and their mirrorings
_CENTRES: dict[str, Callable[[Inks], Centre]] = {"bloom": _bloom, "lattice": _lattice, "sunburst": _sunburst}


def star(x: float, y: float, radius: float, inner: float, points: int = 4) -> str:
    """A star with straight rays."""
    corners = []
    for i in range(points * 2):
        angle = math.pi * i / points - math.pi / 2
        r = radius if i % 2 == 0 else radius * inner
        corners.append((x + r * math.cos(angle), y + r * math.sin(angle)))
    return "M " + " L ".join(f"{_num(a)} {_num(b)}" for a, b in corners) + " Z"


def curve(point: Callable[[float], Point], start: float, end: float, pieces: int) -> str:
    """A smooth parametric curve as cubic Béziers through `pieces` + 1 of its points."""
    step = (end - start) / pieces
    tiny = step * 1e-3

    def slope(t: float) -> Point:
        (x0, y0), (x1, y1) = point(t - tiny), point(t + tiny)
        return (x1 - x0) / (2 * tiny) * step / 3, (y1 - y0) / (2 * tiny) * step / 3

    x, y = point(start)
    out = [f"M {_num(x)} {_num(y)}"]
    for i in range(pieces):
        (x0, y0), (x1, y1) = point(start + i * step), point(start + (i + 1) * step)
        (dx0, dy0), (dx1, dy1) = slope(start + i * step), slope(start + (i + 1) * step)
        numbers = (x0 + dx0, y0 + dy0, x1 - dx1, y1 - dy1, x1, y1)
        out.append("C " + " ".join(_num(v) for v in numbers))
    return " ".join(out)


def _braid(length: float, half: float, strands: int) -> tuple[str, ...]:
    """One period of a straight braid along x: sine strands under a swelling envelope."""

    def strand(phase: float) -> Callable[[float], Point]:
        def at(x: float) -> Point:
            swell = 0.6 + 0.4 * math.cos(math.pi * x / length) ** 2
            return x, half * swell * math.sin(2 * math.pi * x / length + phase)

        return at

    return tuple(curve(strand(2 * math.pi * i / strands), 0, length, 6) for i in range(strands))


def _loops(lobes: int, low: float, high: float, strands: int) -> tuple[str, ...]:
    """One lobe of interlaced loops swinging between two radii."""

    def strand(phase: float) -> Callable[[float], Point]:
        def at(t: float) -> Point:
            r = (low + high) / 2 + (high - low) / 2 * math.sin(lobes * t + phase)
            return r * math.cos(t), r * math.sin(t)

        return at

    return tuple(curve(strand(2 * math.pi * i / strands), 0, 2 * math.pi / lobes, 5) for i in range(strands))


def _petal(lobes: int, low: float, high: float, layers: int) -> tuple[str, ...]:
    """One petal of nested lobed rings, each turned a little further than the one inside it."""

    def ring(depth: float) -> Callable[[float], Point]:
        radius, turn, wave = low + (high - low) * depth, 0.9 * depth * 2 * math.pi / lobes, 0.03 + 0.065 * depth

        def at(t: float) -> Point:
            r = radius * (1 + wave * math.cos(lobes * (t - turn)))
            return r * math.cos(t), r * math.sin(t)

        return at

    return tuple(curve(ring(i / (layers - 1)), 0, 2 * math.pi / lobes, 5) for i in range(layers))


def _rim(lobes: int, low: float, high: float) -> tuple[str, ...]:
    """The bloom's rim over one petal (three of its lobes)."""

    def ring(depth: float) -> Callable[[float], Point]:
        radius, turn = low + (high - low) * depth, depth * 2 * math.pi / lobes

        def at(t: float) -> Point:
            r = radius * (1 + 0.028 * math.cos(lobes * (t - turn)))
            return r * math.cos(t), r * math.sin(t)

        return at

    return tuple(curve(ring(i / 9), 0, 3 * 2 * math.pi / lobes, 12) for i in range(10))


def _ground(inks: Inks) -> list[Lines]:
    """Paper, frame band and the straight rules of the frame."""
    out = [Lines((_box(0),), inks.paper)]
    if inks.band:
        out.append(Lines((f"{_box(MARGIN - 560)} {_box(MARGIN + 540)}",), inks.band))
        out.append(Lines((_box(MARGIN - 640),), inks.gold, 18))
    else:
        out.append(Lines((_box(MARGIN - 560),), inks.ink, 55))
        out.append(Lines((_box(MARGIN - 460),), inks.ink, 15))
    out.append(Lines((_box(MARGIN + 540),), inks.gold if inks.band else inks.ink, 35))
    out.append(Lines((_box(MARGIN + 660),), inks.gold, 15))
    return out


def _medal(inks: Inks) -> list[Lines]:
    ground = inks.band or inks.paper
    return [
        Lines((_ring(860),), ground),
        Lines((_ring(860),), inks.gold if inks.band else inks.ink, 35),
        Lines((star(0, 0, 215, 0.34, 8),), "#f3e2ae" if inks.band else inks.ink),
    ]


def _frame_braids() -> list[tuple[str, Matrix]]:
    """The braid's periods along the four sides, stretched a little to end at the corners."""
    placed: list[tuple[str, Matrix]] = []
    for length, count in ((WIDTH, 25), (HEIGHT, 16)):
        run = length - 2 * (MARGIN + CORNER)
        stretch = run / count / 1000
        for i in range(count):
            along = MARGIN + CORNER + run * i / count
            for across in (MARGIN, (HEIGHT if length == WIDTH else WIDTH) - MARGIN):
                if length == WIDTH:
                    placed.append(("braid", (stretch, 0, 0, 1, along, across)))
                else:
                    placed.append(("braid", (0, stretch, 1, 0, across, along)))
    return placed


def _sky(art: str, x0: float, y0: float) -> list[tuple[float, float, float]]:
    """Scattered stars around the bloom, none behind it, none crowding another (满天星)."""
    random = Random(f"stars of {art}")  # noqa: S311 decoration, the same each time
    found: list[tuple[float, float, float]] = []
    for _ in range(4000):
        x, y = random.uniform(2700, WIDTH - 2700), random.uniform(2500, HEIGHT - 2500)
        if math.hypot(x - x0, y - y0) > 7600 and all(math.hypot(x - a, y - b) > 1500 for a, b, _ in found):
            found.append((x, y, 0.4 + 1.2 * random.random() ** 3))
        if len(found) == 34:
            break
    return found


def _band_sky() -> list[tuple[float, float, float]]:
    """Small stars in the dark band, between the braid's swellings and the rules."""
    random = Random("stars of the band")  # noqa: S311 as above
    found = []
    for i in range(64):
        along, side = random.random(), (-1 if i % 2 else 1) * random.uniform(440, 470)
        size = 0.22 + 0.3 * random.random()
        if i % 5 < 3:
            found.append((2400 + along * (WIDTH - 4800), (MARGIN, HEIGHT - MARGIN)[i // 2 % 2] + side, size))
        else:
            found.append(((MARGIN, WIDTH - MARGIN)[i // 2 % 2] + side, 2400 + along * (HEIGHT - 4800), size))
    return found


def _box(inset: float) -> str:
    right, bottom = WIDTH - inset, HEIGHT - inset
    return f"M {inset} {inset} L {right} {inset} L {right} {bottom} L {inset} {bottom} Z"


def _ring(radius: float) -> str:
    return curve(lambda t: (radius * math.cos(t), radius * math.sin(t)), 0, 2 * math.pi, 8) + " Z"


def _at(x: float, y: float, size: float = 1) -> Matrix:
    return size, 0, 0, size, x, y


def _turned(x: float, y: float, turns: float, flip: int = 1, size: float = 1) -> Matrix:
    cos, sin = size * math.cos(2 * math.pi * turns), size * math.sin(2 * math.pi * turns)
    return cos, sin, -sin * flip, cos * flip, x, y


def _num(value: float) -> str:
    """Whole hundredths of a millimetre for lengths; four places for the small numbers of a matrix."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 2 else str(round(value))


def _pdf_lines(lines: Lines) -> bytes:
    """The paths with PDF's operators after the numbers."""
    red, green, blue = (f"{int(lines.ink[i : i + 2], 16) / 255:.3f}" for i in (1, 3, 5))
    out = [f"{red} {green} {blue} {'RG' if lines.width else 'rg'}"]
    if lines.width:
        out.append(f"{lines.width} w")
    operator, numbers = "", list[str]()

    def flush() -> None:
        if operator:
            out.append(" ".join([*numbers, {"M": "m", "L": "l", "C": "c", "Z": "h"}[operator]]))

    for word in " ".join(lines.paths).split():
        if word in "MLCZ":
            flush()
            operator, numbers = word, []
        else:
            numbers.append(word)
    flush()
    out.append("S" if lines.width else "f*")
    return "\n".join(out).encode()
