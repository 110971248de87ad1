"""Pictures on their way in: judged by content, what they say of themselves read out, sealed, and put where the act finds them.

Time and place inside a picture are whatever the phone, or somebody with an editor, wrote there: a statement beside the
time at which the picture came in.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from skills.inspections.actions.visits import Photo
from skills.inspections.rules import FOLDER
from skills.kernel import files
from skills.kernel.box import Box
from skills.kernel.errors import Refusal

AT_ONCE = 6
MOST_PIXELS = 60_000_000
_EXIF, _GPS, _TAKEN = 0x8769, 0x8825, 0x9003


def kind_of(data: bytes) -> str | None:
    """jpg or png by what the bytes are; None for anything else, and for half a picture."""
    if data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND\xaeB`\x82" in data[-64:]:
        return "png"
    return None


def read(data: bytes) -> tuple[str, str]:
    """(time, place) as the picture says them: "2026-11-27 10:02:03" and "29.56301,106.55156"; "" where it says nothing.

    Raises Refusal("inspection.photo_broken") for what is no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal("inspection.photo_broken")
            exif = picture.getexif()
            taken, where = exif.get_ifd(_EXIF).get(_TAKEN, ""), exif.get_ifd(_GPS)
            picture.draft("RGB", (64, 64))
            picture.load()
    except Refusal:
        raise
    except Exception as broken:  # whatever a hostile picture makes the reader raise
        raise Refusal("inspection.photo_broken") from broken
    return _time(str(taken)), _place(where)


def _time(text: str) -> str:
    day, _, clock = text.strip("\0 ").partition(" ")
    said = f"{day.replace(':', '-')} {clock}"
    return said if len(said) == 19 and all(c.isdigit() or c in "-: " for c in said) else ""


def _place(gps: dict[int, Any]) -> str:
    try:
        north, east = (
            sum(float(part) / 60**n for n, part in zip(range(3), gps[value], strict=False)) * (-1 if str(gps[ref]).upper() in ("S", "W") else 1)
            for ref, value in ((1, 2), (3, 4))
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return ""
    return f"{north:.5f},{east:.5f}" if abs(north) <= 90 and abs(east) <= 180 else ""


def put_in(box: Box, folder: Path, key: str, found: Sequence[bytes], most_bytes: int) -> tuple[Photo, ...]:
    """Seal pictures and store them; the same form sent twice stores the same ones.

    Raises Refusal("inspection.photo_kind" | "inspection.photo_size" | "inspection.photo_broken" | "inspection.too_many_photos").
    """
    if len(found) > AT_ONCE:
        raise Refusal("inspection.too_many_photos", most=AT_ONCE)
    made = []
    for data in found:
        kind = kind_of(data)
        if kind is None:
            raise Refusal("inspection.photo_kind")
        if len(data) > most_bytes:
            raise Refusal("inspection.photo_size", most=f"{most_bytes / 1_000_000:.1f}")
        taken, where = read(data)
        digest = hashlib.sha256(data).hexdigest()
        made.append((Photo(box.blind("inspection_photo:id", f"{key}:{digest}")[:26], kind, len(data), digest, taken, where), data))
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for photo, data in made:
        files.put(folder / FOLDER / photo.id, box.seal_bytes(data, place_of(photo.id)), 0o600)
    return tuple(photo for photo, _ in made)


def place_of(photo_id: str) -> str:
    """What a sealed picture is bound to."""
    return f"inspection_photo:{photo_id}:bytes"
