"""Pictures as a phone takes them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational


def _angle(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole = int(degrees)
    minutes = (degrees - whole) * 60
    return IFDRational(whole), IFDRational(int(minutes)), IFDRational(round((minutes - int(minutes)) * 60 * 10_000), 10_000)


def jpeg(taken: str = "", where: tuple[float, float] | None = None, shade: int = 90) -> bytes:
    """A small JPEG that says when and where it was taken, if it is told."""
    picture = Image.new("RGB", (64, 48), (shade, 90, 90))
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    if where:
        exif.get_ifd(0x8825).update({1: "N", 2: _angle(where[0]), 3: "E", 4: _angle(where[1])})
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def png() -> bytes:
    """A small PNG."""
    out = BytesIO()
    Image.new("RGB", (32, 32), "white").save(out, "PNG")
    return out.getvalue()
