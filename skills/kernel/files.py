"""Files that are there whole or not at all, and what a file is that somebody hands in."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

HALF = ".new"
PAPERS: Mapping[str, str] = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
LONGEST = 64 * 1024
UNCLAIMED = timedelta(days=2)  # how long what is sent in may wait for its act


def put(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Store a file: a crash at any moment leaves the old one or the whole new one, and at most a half one that is hidden.

    mode  the permissions of a new file, before the umask
    """
    half = path.with_name(f".{path.name}.{os.getpid()}{HALF}")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def is_half(path: Path) -> bool:
    """Whether a crash left this behind: nobody reads it."""
    return path.name.startswith(".") and path.name.endswith(HALF)


def sweep(folder: Path, held: Collection[str], before: datetime) -> None:
    """Throw away files of a folder that no row names and that are older than this: their act was refused or never came."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in held and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Add a line in ASCII. What a crash left of the line before, without its end, is cut off first.

    Raises ValueError for a line longer than LONGEST.
    """
    if len(line) >= LONGEST:
        raise ValueError("the line is too long")
    with path.open("ab+") as file:
        start = max(0, file.seek(0, os.SEEK_END) - LONGEST)
        file.seek(start)
        file.truncate(start + file.read().rfind(b"\n") + 1)
        file.write(f"{line}\n".encode("ascii"))


def paper_kind(data: bytes) -> str | None:
    """pdf, jpg or png by what the bytes are, whatever their name says; None for anything else.

    Beginning and end are looked at, so that half a file is none.
    """
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]:
        return "pdf"
    if data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and b"IEND\xaeB`\x82" in data[-64:]:
        return "png"
    return None
