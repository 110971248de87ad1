"""Drawn portraits of people who do not exist: in front view, and enough of a face for the machine that looks for one."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from skills.people import pictures
from skills.people.actions.portraits import Brought

WIDE, HIGH = 590, 826
_HAIR, _EYE, _LIPS = (40, 32, 28), (32, 20, 14), (170, 90, 85)


def portrait(seed: int) -> bytes:
    """A portrait as PNG, the same for the same seed."""
    draw_from = Random(seed)  # noqa: S311 - colours of a drawing
    skin = (232 - draw_from.randrange(30), 196 - draw_from.randrange(30), 170 - draw_from.randrange(25))
    coat = (40 + draw_from.randrange(60), 60, 90 + draw_from.randrange(60))
    picture = Image.new("RGB", (WIDE, HIGH), "#f4f6f9")
    pen = ImageDraw.Draw(picture)
    across, down, x, y = int(WIDE * 0.27), int(HIGH * 0.24), WIDE // 2, int(HIGH * 0.42)

    def oval(left: float, top: float, right: float, bottom: float, fill: str | tuple[int, int, int]) -> None:
        pen.ellipse((x + left * across, y + top * down, x + right * across, y + bottom * down), fill=fill)

    pen.ellipse((x - WIDE * 0.46, HIGH * 0.74, x + WIDE * 0.46, HIGH * 1.4), fill=coat)
    pen.rectangle((x - WIDE * 0.1, y + down * 0.6, x + WIDE * 0.1, HIGH * 0.8), fill=_dim(skin, 0.86))
    oval(-1.12, -1.22, 1.12, 0.7, _HAIR)
    oval(-1, -1, 1, 1, skin)
    pen.pieslice((x - across * 1.02, y - down * 1.1, x + across * 1.02, y + down * 0.5), 195, 345, fill=_HAIR)
    for eye in (-0.42, 0.42):
        oval(eye - 0.26, -0.28, eye + 0.26, 0, _dim(skin, 0.8))
        oval(eye - 0.19, -0.2, eye + 0.19, -0.04, "#f8f8f8")
        oval(eye - 0.09, -0.2, eye + 0.09, -0.04, _EYE)
        pen.rectangle((x + (eye - 0.26) * across, y - 0.38 * down, x + (eye + 0.26) * across, y - 0.31 * down), fill=_HAIR)
    nose = [(-0.06, -0.1), (0.06, -0.1), (0.13, 0.26), (-0.13, 0.26)]
    pen.polygon([(x + across * at, y + down * low) for at, low in nose], fill=_dim(skin, 0.93))
    oval(-0.16, 0.2, 0.16, 0.31, _dim(skin, 0.82))
    oval(-0.36, 0.46, 0.36, 0.62, _LIPS)
    out = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(WIDE / 150)).save(out, "PNG")
    return out.getvalue()


def drawn(seed: int, today: date) -> Brought:
    """A portrait as it is brought. That the machine finds one face on these is shown by a test: loading asks it of none."""
    data = portrait(seed)
    return Brought(pictures.kept(pictures.read(data)), WIDE, HIGH, len(data), 1, today - timedelta(days=30))


def _dim(colour: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = colour
    return int(red * share), int(green * share), int(blue * share)
