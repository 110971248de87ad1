"""How many pages a PDF has, and whether it does anything by itself (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

MOST_PAGES = 2_000
MOST_OBJECTS = 200_000
ACTS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/RichMediaExecute", "/Rendition", "/Movie",
    "/Sound",
}  # fmt: skip
KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMedia"}  # whatever they hold; what `/OpenAction` holds is told by its `/S`


def pages(file: BinaryIO) -> int:
    """How many pages a PDF has; 0 of one that is broken, encrypted or has too many."""
    try:
        file.seek(0)
        reader = PdfFileReader(file)
        count = int(reader.root["/Pages"]["/Count"])
        return count if not reader.encrypted and 0 < count <= MOST_PAGES else 0
    except Exception:  # a strange file may break the reader in any way
        return 0


def acts(file: BinaryIO) -> bool:
    """Whether a PDF holds a script or an action that reaches out of it, anywhere; true of one that cannot be read whole."""
    try:
        file.seek(0)
        for count, (key, value) in enumerate(_entries(PdfFileReader(file))):
            if key in KEYS or (key == "/S" and str(value) in ACTS) or count > MOST_OBJECTS:
                return True
    except Exception:  # the same: nobody can say what it does
        return True
    return False


def _entries(reader: PdfFileReader) -> Iterator[tuple[str, Any]]:
    """Every entry of every dictionary that can be reached from the root, each object once, resolved."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer.raw_get("/Root")]
    while waiting:
        here = waiting.pop()
        if isinstance(here, generic.IndirectObject):
            place = (here.idnum, here.generation)
            if place in seen:
                continue
            seen.add(place)
            here = here.get_object()  # type: ignore[no-untyped-call]
        if isinstance(here, generic.DictionaryObject):
            for key in here:
                yield str(key), here[key] if key == "/S" else None
                waiting.append(here.raw_get(key))
        elif isinstance(here, generic.ArrayObject):
            waiting.extend(here.raw_get(place) for place in range(len(here)))
