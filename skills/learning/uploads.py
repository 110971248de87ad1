"""Files of lessons on their way in: told by their content, within their bounds, stored under their own digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from skills.kernel import files
from skills.kernel.errors import Refusal
from skills.learning.actions.authoring import FOLDER, File
from skills.learning.rules import papers
from skills.learning.rules.files import LessonKind, measured, what

CHUNK = 1 << 20


def put_in(folder: Path, file: BinaryIO, bounds: Mapping[str, int]) -> File:
    """Store a file below `folder`; the same content twice is one file.

    Raises Refusal("lesson.file_kind" | "lesson.file_size").
    """
    known = what(file)
    if known is None:
        raise Refusal("lesson.file_kind")
    size = file.seek(0, os.SEEK_END)
    most = int(bounds[known.kind])
    if size > most:
        raise Refusal("lesson.file_size", most=most // 1_000_000)
    known = measured(file)
    if known is None or (known.kind is LessonKind.PDF and papers.acts(file)):
        raise Refusal("lesson.file_kind")
    file.seek(0)
    digest = _digest(file)
    target = folder / FOLDER / digest
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not target.is_file():
        half = target.with_name(f".{digest}.{os.getpid()}{files.HALF}")
        file.seek(0)
        with half.open("wb") as out:
            while data := file.read(CHUNK):
                out.write(data)
            out.flush()
            os.fsync(out.fileno())
        half.replace(target)
    target.touch()
    return File(digest, size, known.kind, known.length)


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while data := file.read(CHUNK):
        found.update(data)
    return found.hexdigest()
