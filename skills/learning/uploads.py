"""Files of lessons on their way in: told by their content, within their bounds, stored under their own digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader

from skills.kernel import files
from skills.kernel.errors import Refusal
from skills.learning.actions.authoring import FOLDER, File
from skills.learning.rules.files import LessonKind, what

CHUNK = 1 << 20
MOST_PAGES = 2_000


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
    length = known.length if known.kind is LessonKind.VIDEO else pages(file)
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
    return File(digest, size, known.kind, length)


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while data := file.read(CHUNK):
        found.update(data)
    return found.hexdigest()


def pages(file: BinaryIO) -> int:
    """How many pages a PDF has. Raises Refusal("lesson.file_kind") for one that is broken, encrypted, or does something."""
    file.seek(0)
    try:
        reader = PdfFileReader(file)
        root = reader.root
        count = int(root["/Pages"]["/Count"])
        names = root.get("/Names")
        acts = "/OpenAction" in root and isinstance(root["/OpenAction"], DictionaryObject) and "/JS" in root["/OpenAction"]
        scripted = acts or "/AA" in root or (isinstance(names, DictionaryObject) and "/JavaScript" in names)
    except Exception as error:  # a strange file may break the reader in any way: it is no lesson
        raise Refusal("lesson.file_kind") from error
    if scripted or reader.encrypted or not 0 < count <= MOST_PAGES:
        raise Refusal("lesson.file_kind")
    return count
