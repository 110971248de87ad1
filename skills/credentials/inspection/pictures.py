"""Codes in pictures (pure): PNG and JPEG, within bounds of size and time. A picture is never kept."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import zxingcpp
from PIL import Image

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SIDE = 2_400
MOST_PIXELS = 26_000_000  # 25 megapixels of a PNG decode in half a second
MOST_JPEG_PIXELS = 89_000_000  # a JPEG is decoded to an eighth, a quarter or a half at once
MOST_SEGMENTS = 400  # before a JPEG's size: EXIF, thumbnails, colour profiles
MOST_PASSES = 32  # of a progressive JPEG, where encoders make ten: each goes over the whole picture for a few bytes
SCANS = 3  # pictures looked at within one PDF

_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)  # not a stuffed byte, not a restart within a pass

Enough = Callable[[], bool]


def codes(data: bytes, enough: Enough = lambda: False) -> list[str]:
    """The texts of the QR codes in a picture, none for anything that is no picture.

    `enough` is asked between attempts and says whether the time is used up.
    """
    picture = _opened(data)
    if picture is None:
        return []
    for attempt in _attempts(picture):
        found = [str(code.text) for code in zxingcpp.read_barcodes(attempt, formats=QR)]
        if found or enough():
            return found
    return []


def scans(pdf: bytes) -> Iterator[bytes]:
    """The JPEG pictures that a scanner's PDF consists of: found by their first bytes, the PDF itself is not read."""
    at = -1
    for _ in range(SCANS):
        at = pdf.find(b"\xff\xd8\xff", at + 1)
        if at < 0:
            return
        yield pdf[at:]


def is_picture(data: bytes) -> bool:
    """Whether the first bytes are a PNG's or a JPEG's."""
    return data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def _opened(data: bytes) -> Image.Image | None:
    """The picture in grey, at most SIDE pixels wide and high. Its size is known before a decoder sees it."""
    png = data.startswith(b"\x89PNG")
    if not 0 < (_png_pixels(data) if png else _jpeg_pixels(data)) <= (MOST_PIXELS if png else MOST_JPEG_PIXELS):
        return None
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        picture.draft("L", (SIDE, SIDE))
        grey = picture.convert("L") if picture.width * picture.height <= MOST_PIXELS else None
    except Exception:  # a stranger's picture can break a decoder in any way
        return None
    if grey is not None:
        grey.thumbnail((SIDE, SIDE))
    return grey


def _png_pixels(data: bytes) -> int:
    return int.from_bytes(data[16:20], "big") * int.from_bytes(data[20:24], "big") if data[12:16] == b"IHDR" else 0


def _jpeg_pixels(data: bytes) -> int:
    """Width × height from the frame header, found by the lengths of the segments before it; 0 if it is not there."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        if data[at : at + 1] != b"\xff" or at + 9 > len(data):
            return 0
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            pixels = int.from_bytes(data[at + 5 : at + 7], "big") * int.from_bytes(data[at + 7 : at + 9], "big")
            at_once = kind in (0xC0, 0xC1)
            return pixels if at_once or (pixels <= MOST_PIXELS and _passes(data, at) <= MOST_PASSES) else 0
        if length < 2 or kind in (0xD8, 0xD9, 0xDA):
            return 0
        at += 2 + length
    return 0


def _passes(data: bytes, at: int) -> int:
    """How many passes a JPEG makes from its frame header on; counting stops at its end and above MOST_PASSES."""
    passes = 0
    while passes <= MOST_PASSES:
        kind, length = data[at + 1 : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        passes += kind == b"\xda"
        found = _NEXT_MARKER.search(data, at + 2 + max(2, length))
        if found is None or found[0] == b"\xff\xd9":
            return passes
        at = found.start()
    return passes


def _attempts(picture: Image.Image) -> Iterator[Image.Image]:
    yield picture
    if max(picture.size) <= SIDE // 2:
        yield picture.resize((picture.width * 2, picture.height * 2))
    else:
        yield picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)))
