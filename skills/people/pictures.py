"""Photographs on their way in: judged by content, drawn anew, without anything that the file says of itself.

What is kept is never what was sent: an upright baseline JPEG in colours, no metadata, no second picture, nothing active.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageFile, ImageOps

from skills.kernel.errors import Refusal

MOST_SENT = 5_000_000
MOST_PIXELS = 30_000_000
KEPT = (590, 826)  # 25 × 35 mm at 600 dpi
_ONE = threading.Lock()
_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def read(data: bytes) -> Image.Image:
    """The picture, upright and in colours on white. Raises Refusal("portrait.kind" | "portrait.too_large" | "portrait.broken")."""
    if not data.startswith(_HEADS):
        raise Refusal("portrait.kind")
    if len(data) > MOST_SENT:
        raise Refusal("portrait.too_large", most=MOST_SENT // 1_000_000)
    try:
        with warnings.catch_warnings(), _strictly():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal("portrait.broken")
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            clear = upright.convert("RGBA")
            flat = Image.new("RGB", clear.size, "white")
            flat.paste(clear, mask=clear.getchannel("A"))
    except Refusal:
        raise
    except Exception as broken:  # whatever a hostile picture makes the reader raise
        raise Refusal("portrait.broken") from broken
    return flat


def kept(picture: Image.Image) -> bytes:
    """A picture as it is kept: no larger than it is printed well, as JPEG."""
    made = picture.copy()
    made.thumbnail(KEPT, Image.Resampling.LANCZOS)
    out = BytesIO()
    made.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int] | None:
    """(width, height) of a picture as it is kept; None for anything else."""
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


@contextmanager
def _strictly() -> Iterator[None]:
    """Half a picture is none: WeasyPrint, once loaded, makes Pillow accept it. The switch is the process's: one reads at a time."""
    with _ONE:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before
