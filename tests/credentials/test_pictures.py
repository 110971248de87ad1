"""Uploaded pictures: PNG and JPEG alone, drawn anew, never what was sent."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFile
from PIL.PngImagePlugin import PngInfo

from skills.credentials import pictures
from skills.kernel.errors import Refusal


def stamp(size: int = 600, form: str = "JPEG", ground: str = "white") -> bytes:
    picture = Image.new("RGB", (size, size), ground)
    edge = size // 30
    ImageDraw.Draw(picture).ellipse((edge, edge, size - edge, size - edge), outline="#c0231f", width=edge)
    out = BytesIO()
    picture.save(out, form)
    return out.getvalue()


CODES = [f"picture.{code}" for code in ("kind", "broken", "size", "empty", "too_large", "too_busy")]


def answer(work: Callable[[bytes], bytes], sent: bytes) -> str:
    """clean, not clean, or the code of the refusal."""
    try:
        return "clean" if pictures.is_clean(work(sent)) else "not clean"
    except Refusal as no:
        return no.code


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_scan_becomes_one_ink_on_nothing(form: str) -> None:
    made = pictures.seal(stamp(form=form))
    assert pictures.is_clean(made)
    picture = Image.open(BytesIO(made))
    assert picture.mode == "RGBA"
    middle = picture.getpixel((picture.width // 2, picture.height // 2))
    rim = picture.getpixel((picture.width // 2, 6))
    assert isinstance(middle, tuple)
    assert isinstance(rim, tuple)
    assert middle[3] == 0, "the white ground would hide what is printed below"
    assert rim[3] > 200
    assert rim[0] > 2 * rim[1], "the ink is red"
    assert picture.width <= pictures.SEAL_SIDE


def test_metadata_and_what_follows_the_picture_are_gone() -> None:
    note = PngInfo()
    note.add_text("Comment", "SECRET-IN-TEXT")
    out = BytesIO()
    Image.open(BytesIO(stamp(form="PNG"))).save(out, "PNG", pnginfo=note)
    sent = out.getvalue() + b"<script>SECRET-BEHIND</script>"
    assert not pictures.is_clean(sent)
    for made in (pictures.seal(sent), pictures.logo(sent)):
        assert b"SECRET" not in made
        assert pictures.is_clean(made)
    assert pictures.seal(pictures.seal(sent)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "picture.kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "picture.kind"),
        (b"GIF89a" + bytes(100), "picture.kind"),
        (b"%PDF-1.7", "picture.kind"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "picture.kind"),
        (b"\xff\xd8\xff" + bytes(500), "picture.broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture.broken"),
        (stamp(form="PNG")[:900], "picture.broken"),
        (b"\xff\xd8\xff" + bytes(pictures.MOST_BYTES), "picture.too_large"),
        (stamp(150), "picture.size"),
        (stamp(4200, "PNG"), "picture.size"),
    ],
)
def test_anything_else_is_refused_by_name(sent: bytes, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    with pytest.raises(Refusal) as no:
        pictures.seal(sent)
    assert no.value.code == code


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    with pytest.raises(Refusal) as no:
        pictures.logo(bomb)
    assert no.value.code in ("picture.size", "picture.broken")


def test_white_paper_is_no_seal() -> None:
    out = BytesIO()
    Image.new("RGB", (400, 400), "white").save(out, "PNG")
    with pytest.raises(Refusal) as no:
        pictures.seal(out.getvalue())
    assert no.value.code == "picture.empty"


def test_noise_is_made_small_or_refused() -> None:
    out = BytesIO()
    Image.effect_noise((1200, 1200), 90).convert("RGB").save(out, "JPEG", quality=80)
    assert answer(pictures.logo, out.getvalue()) in ("clean", "picture.too_busy")


@given(st.binary(max_size=400), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_a_broken_file_is_a_refusal_and_never_an_accident(noise: bytes, at: int) -> None:
    whole = stamp(220, "PNG")
    sent = whole[: at % len(whole)] + noise + whole[at % len(whole) + len(noise) :]
    assert answer(pictures.seal, sent) in ("clean", *CODES)
