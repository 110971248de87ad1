"""Pictures that a body uploads for its certificates: read strictly, drawn anew, small enough to be printed thousandfold.

PNG and JPEG alone. What is stored is never what was sent: pixels only, no metadata, no second picture, nothing active.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageChops, ImageFile, ImageStat

from skills.kernel.errors import Refusal

MOST_BYTES = 2_000_000
LEAST_SIDE, MOST_SIDE, MOST_PIXELS = 200, 4_000, 12_000_000
LEAST_LOGO = 60
SEAL_SIDE = 560  # 42 mm at 340 dpi
LOGO_BOX = (560, 240)  # 40 mm wide
MOST_KEPT = 60_000
CINNABAR = (192, 35, 31)
_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def seal(data: bytes) -> bytes:
    """A body's seal as PNG: one red ink on nothing, so that the paper shows through. Raises Refusal("picture.…").

    A scan's white ground becomes clear; the ink is the mean colour of what is dark, its strength the darkness.
    """
    picture = _read(data, LEAST_SIDE).convert("RGBA")
    picture.thumbnail((SEAL_SIDE, SEAL_SIDE), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    red, green, blue = flat.split()
    darkness = ImageChops.invert(ImageChops.darker(ImageChops.darker(red, green), blue))
    strength = darkness.point([min(255, max(0, (level - 40) * 255 // 150) // 17 * 17) for level in range(256)])
    if not strength.getbbox():
        raise Refusal("picture.empty")
    core = strength.point([255 if level > 200 else 0 for level in range(256)])
    ink = ImageStat.Stat(flat, core).mean if core.getbbox() else list(CINNABAR)
    out = Image.new("RGB", picture.size, (int(ink[0]), int(ink[1]), int(ink[2])))
    out.putalpha(strength)
    return _png(out.crop(strength.getbbox()))


def logo(data: bytes) -> bytes:
    """A body's logo as PNG with at most 64 colours. Raises Refusal("picture.…")."""
    picture = _read(data, LEAST_LOGO).convert("RGBA")
    picture.thumbnail(LOGO_BOX, Image.Resampling.LANCZOS)
    few = picture.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return _png(few.convert("RGBA"))


def is_clean(data: bytes) -> bool:
    """Whether these bytes are a picture as this file writes it: a small PNG of pixels and nothing else."""
    if len(data) > MOST_KEPT or not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return False
    at, names = 8, []
    while at + 8 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name)
        at += 12 + length
    return at == len(data) and set(names) <= _CHUNKS and names[:1] == [b"IHDR"] and names[-1:] == [b"IEND"]


def _read(data: bytes, least: int) -> Image.Image:
    if len(data) > MOST_BYTES:
        raise Refusal("picture.too_large", most=MOST_BYTES // 1_000_000)
    if not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise Refusal("picture.kind")
    try:
        with warnings.catch_warnings(), _strictly():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
            width, height = picture.size
            if min(width, height) < least or max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
                raise Refusal("picture.size", width=width, height=height, least=least, most=MOST_SIDE)
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("picture.broken") from error
    return picture


@contextmanager
def _strictly() -> Iterator[None]:
    """Half a picture is none: WeasyPrint, once loaded, makes Pillow accept it."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _png(picture: Image.Image) -> bytes:
    for _ in range(4):
        out = BytesIO()
        picture.save(out, "PNG", optimize=True)
        if out.tell() <= MOST_KEPT:
            return out.getvalue()
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)), Image.Resampling.LANCZOS)
    raise Refusal("picture.too_busy")
