"""The characters a paper needs, cut out of the installed fonts, so that files stay small and rendering quick.

A whole Chinese font takes WeasyPrint 140 ms and 100 KB per face; a cut of the characters at hand takes 3 ms and
15 KB. The cutting is HarfBuzz's, which WeasyPrint brings along; fontconfig says where the fonts lie.
"""

from __future__ import annotations

import ctypes
import subprocess
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_void_p
from functools import cache

FACES: dict[str, tuple[str, ...]] = {
    "bold": ("Noto Serif CJK SC:bold", "Source Han Serif SC:bold"),
    "text": ("Noto Serif CJK SC:regular", "Source Han Serif SC:regular"),
    "sans": ("Noto Sans CJK SC:regular", "Source Han Sans SC:regular"),
}


class FontMissing(Exception):
    """No installed font for this face: install Noto CJK."""


class Face:
    """One installed font: where it lies, by which pattern it was found, what it draws, and a cut of it."""

    def __init__(self, path: str, index: int, pattern: str) -> None:
        self.path, self.index, self.pattern = path, index, pattern
        lib = _library()
        blob = lib.hb_blob_create_from_file_or_fail(path.encode())
        if not blob:
            raise FontMissing(path)
        self._face = lib.hb_face_create(blob, index)
        self._known = lib.hb_set_create()
        lib.hb_face_collect_unicodes(self._face, self._known)

    def has(self, character: str) -> bool:
        """Whether the font draws this character."""
        return bool(_library().hb_set_has(self._known, ord(character)))

    def cut(self, characters: str) -> bytes:
        """A font file with these characters only."""
        lib = _library()
        wanted = lib.hb_subset_input_create_or_fail()
        codes = lib.hb_subset_input_unicode_set(wanted)
        for character in set(characters):
            lib.hb_set_add(codes, ord(character))
        small = lib.hb_subset_or_fail(self._face, wanted)
        lib.hb_subset_input_destroy(wanted)
        if not small:
            raise FontMissing("the font cannot be cut")
        blob = lib.hb_face_reference_blob(small)
        size = c_uint()
        data = ctypes.string_at(lib.hb_blob_get_data(blob, byref(size)), size.value)
        lib.hb_blob_destroy(blob)
        lib.hb_face_destroy(small)
        return data


@cache
def face(role: str) -> Face:
    """The installed font for a role of `FACES`. Raises `FontMissing`."""
    for pattern in FACES[role]:
        command = ["fc-match", "-f", "%{family}|%{file}|%{index}", pattern]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout  # noqa: S603 fixed words
        family, path, index = answer.split("|")
        if pattern.split(":")[0] in family.split(","):
            return Face(path, int(index) & 0xFFFF, pattern)
    raise FontMissing(", ".join(FACES[role]))


def missing(text: str) -> list[str]:
    """The characters of `text` that no face draws, in order of appearance. Half a character is none, whatever a face says."""
    faces = [face(role) for role in FACES]

    def drawn(c: str) -> bool:
        return not "\ud800" <= c <= "\udfff" and any(f.has(c) for f in faces)

    return [c for c in dict.fromkeys(text) if not c.isspace() and not drawn(c)]


@cache
def _library() -> ctypes.CDLL:
    """HarfBuzz's subsetter; loading it makes the functions of its base library visible too."""
    lib = ctypes.CDLL("libharfbuzz.so.0", mode=ctypes.RTLD_GLOBAL)
    cutter = ctypes.CDLL("libharfbuzz-subset.so.0")
    signatures = {
        "hb_blob_create_from_file_or_fail": (c_void_p, [c_char_p]),
        "hb_blob_get_data": (c_void_p, [c_void_p, POINTER(c_uint)]),
        "hb_blob_destroy": (None, [c_void_p]),
        "hb_face_create": (c_void_p, [c_void_p, c_uint]),
        "hb_face_destroy": (None, [c_void_p]),
        "hb_face_collect_unicodes": (None, [c_void_p, c_void_p]),
        "hb_face_reference_blob": (c_void_p, [c_void_p]),
        "hb_set_create": (c_void_p, []),
        "hb_set_add": (None, [c_void_p, c_uint]),
        "hb_set_has": (c_int, [c_void_p, c_uint]),
        "hb_subset_input_create_or_fail": (c_void_p, []),
        "hb_subset_input_unicode_set": (c_void_p, [c_void_p]),
        "hb_subset_input_destroy": (None, [c_void_p]),
        "hb_subset_or_fail": (c_void_p, [c_void_p, c_void_p]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(cutter if name.startswith("hb_subset") else lib, name)
        function.restype, function.argtypes = result, arguments
        setattr(lib, name, function)
    return lib
