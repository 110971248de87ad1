"""What a file is by its content, and how long it is: videos (MP4) and PDF (pure)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from skills.learning.rules.papers import pages


class LessonKind(StrEnum):
    """What a lesson is made of."""

    TEXT = "text"
    VIDEO = "video"
    PDF = "pdf"


LESSON_KIND_WORDS: dict[str, tuple[str, str]] = {
    LessonKind.TEXT: ("图文", "Text"), LessonKind.VIDEO: ("视频", "Video"), LessonKind.PDF: ("PDF 讲义", "PDF"),
}  # fmt: skip
MIMES = {LessonKind.VIDEO: "video/mp4", LessonKind.PDF: "application/pdf"}
BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"mmp4"}
MOST_BOXES = 4096


@dataclass(frozen=True)
class Known:
    """A file that can be a lesson. length: whole seconds of a video, 0 of anything else."""

    kind: LessonKind
    length: int


def what(file: BinaryIO) -> Known | None:
    """What a file is by its first bytes and its boxes; None for everything that is no lesson."""
    file.seek(0)
    head = file.read(12)
    if head[:5] == b"%PDF-":
        return Known(LessonKind.PDF, 0)
    if head[4:8] == b"ftyp" and head[8:12] in BRANDS:
        seconds = _seconds(file)
        return Known(LessonKind.VIDEO, seconds) if seconds else None
    return None


def measured(file: BinaryIO) -> Known | None:
    """What a file is and how long by its own content: seconds of a video, pages of a PDF; None for what is no lesson."""
    known = what(file)
    if known is None or known.kind is LessonKind.VIDEO:
        return known
    count = pages(file)
    return Known(known.kind, count) if count else None


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, begin, end) of the content of each box between two places; a broken length ends it."""
    place = start
    for _ in range(MOST_BOXES):
        if place + 8 > end:
            return
        file.seek(place)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            more = file.read(8)
            if len(more) < 8:
                return
            size, head = struct.unpack(">Q", more)[0], 16
        elif size == 0:
            size = end - place
        if size < head or place + size > end:
            return
        yield name, place + head, place + size
        place += size


def _seconds(file: BinaryIO) -> int:
    """How long a video is by its own header, in whole seconds; 0 if it does not say."""
    end = file.seek(0, 2)
    for name, start, stop in _boxes(file, 0, end):
        if name != b"moov":
            continue
        for inner, begin, _ in _boxes(file, start, stop):
            if inner == b"mvhd":
                file.seek(begin)
                data = file.read(32)
                if len(data) < 32:
                    return 0
                scale, length = struct.unpack(">IQ", data[20:32]) if data[0] == 1 else struct.unpack(">II", data[12:20])
                return int(length // scale) if scale else 0
    return 0
