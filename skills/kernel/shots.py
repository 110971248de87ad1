"""Pictures from somebody's phone: judged by content, what they say of themselves read out, sealed, and put where the act finds them.

Time and place inside a picture are whatever the phone, or somebody with an editor, wrote there: a statement beside the
time at which the picture came in.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from skills.kernel import files
from skills.kernel.box import Box, Tampered
from skills.kernel.errors import Refusal

KINDS = {"jpg": "image/jpeg", "png": "image/png"}
AT_ONCE = 6
MOST_PIXELS = 60_000_000
_EXIF, _GPS, _TAKEN = 0x8769, 0x8825, 0x9003


@dataclass(frozen=True)
class Photo:
    """A picture that lies sealed on its shelf already."""

    id: str
    kind: str
    size: int
    digest: str
    said_at: str = ""
    said_place: str = ""


@dataclass(frozen=True)
class Shelf:
    """Where a room keeps its pictures: a folder under `files`, and the word with which their seals are bound."""

    folder: str
    word: str

    def place_of(self, photo_id: str) -> str:
        """What a sealed picture is bound to."""
        return f"{self.word}:{photo_id}:bytes"


def kind_of(data: bytes) -> str | None:
    """jpg or png by what the bytes are; None for anything else, and for half a picture."""
    if data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND\xaeB`\x82" in data[-64:]:
        return "png"
    return None


def read(data: bytes) -> tuple[str, str]:
    """(time, place) as the picture says them: "2026-11-27 10:02:03" and "29.56301,106.55156"; "" where it says nothing.

    Raises Refusal("shot.broken") for what is no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal("shot.broken")
            exif = picture.getexif()
            taken, where = exif.get_ifd(_EXIF).get(_TAKEN, ""), exif.get_ifd(_GPS)
            picture.draft("RGB", (64, 64))
            picture.load()
    except Refusal:
        raise
    except Exception as broken:  # whatever a hostile picture makes the reader raise
        raise Refusal("shot.broken") from broken
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


def put_in(box: Box, shelf: Shelf, folder: Path, key: str, found: Sequence[bytes], most_bytes: int) -> tuple[Photo, ...]:
    """Seal pictures and store them; the same form sent twice stores the same ones.

    Raises Refusal("shot.kind" | "shot.size" | "shot.broken" | "shot.too_many").
    """
    if len(found) > AT_ONCE:
        raise Refusal("shot.too_many", most=AT_ONCE)
    made = []
    for data in found:
        kind = kind_of(data)
        if kind is None:
            raise Refusal("shot.kind")
        if len(data) > most_bytes:
            raise Refusal("shot.size", most=f"{most_bytes / 1_000_000:.1f}")
        taken, where = read(data)
        digest = hashlib.sha256(data).hexdigest()
        made.append((Photo(box.blind(f"{shelf.word}:id", f"{key}:{digest}")[:26], kind, len(data), digest, taken, where), data))
    (folder / shelf.folder).mkdir(parents=True, exist_ok=True)
    for photo, data in made:
        files.put(folder / shelf.folder / photo.id, box.seal_bytes(data, shelf.place_of(photo.id)), 0o600)
    return tuple(photo for photo, _ in made)


def arrived(shelf: Shelf, folder: Path, one: Photo, most_bytes: int) -> None:
    """Whether a picture of an order is one that was put in. Raises Refusal("shot.gone")."""
    if one.kind not in KINDS or not 0 < one.size <= most_bytes or not (folder / shelf.folder / one.id).is_file():
        raise Refusal("shot.gone")


def take_out(box: Box, shelf: Shelf, folder: Path, photo_id: str) -> bytes | None:
    """The bytes of a picture; None if its file is gone."""
    path = folder / shelf.folder / photo_id
    return box.open_bytes(path.read_bytes(), shelf.place_of(photo_id)) if path.is_file() else None


def faults(box: Box, shelf: Shelf, folder: Path, rows: Iterable[tuple[str, int, str]]) -> Iterator[str]:
    """What is wrong with pictures on record: (id, size, digest) of each."""
    for photo_id, size, digest in rows:
        try:
            data = take_out(box, shelf, folder, photo_id)
        except Tampered:
            yield f"picture {photo_id}: the file was changed"
            continue
        if data is None:
            yield f"picture {photo_id}: the file is gone"
        elif hashlib.sha256(data).hexdigest() != digest or len(data) != size:
            yield f"picture {photo_id}: it is another picture"
