"""Pictures and films of certificates, as a phone's camera would take them."""

from __future__ import annotations

import base64
import io
import json
import subprocess
from pathlib import Path

import segno
import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

DPI = 200
FILM = (1280, 720)
CODE_SIDE = 330  # pixels of the code in the film: a person who fills the frame on the screen


def code(text: str, scale: int = 6) -> Image.Image:
    """A QR code on white."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def saved(picture: Image.Image, file: Path) -> Path:
    picture.save(file, quality=85)
    return file


def stained(text: str) -> Image.Image:
    """A code with a coffee stain on the corner that has no finder pattern: jsQR does not read it, zxing-cpp does."""
    picture = code(text, 8)
    size = picture.width
    ImageDraw.Draw(picture).ellipse((size * 0.80, size * 0.80, size * 0.98, size * 0.98), fill="#8a6a4a")
    return picture


def page_of(pdf: Path, folder: Path) -> Image.Image:
    """A PDF's first page, drawn by a program that is not ours."""
    command = ["pdftoppm", "-r", str(DPI), "-png", "-singlefile", str(pdf), str(folder / "page")]
    subprocess.run(command, check=True)
    return Image.open(folder / "page.png").convert("RGB")


def film(paper: Image.Image, file: Path, blind: int = 6, frames: int = 24) -> Path:
    """A motion JPEG: first a part of the paper without the code, then the code, turning a little, dim and not quite sharp."""
    [found] = zxingcpp.read_barcodes(paper)
    near, far = found.position.top_left, found.position.bottom_right
    middle_x, middle_y = (near.x + far.x) / 2, (near.y + far.y) / 2
    zoom = CODE_SIDE / abs(far.x - near.x)
    small = paper.resize((round(paper.width * zoom), round(paper.height * zoom)), Image.Resampling.LANCZOS)
    half = FILM[0] * 5 // 8  # more than the film around the code, so that a turn hardly shows an edge of the cut
    left, top = round(middle_x * zoom) - half, round(middle_y * zoom) - half
    around = Image.new("RGB", (2 * half, 2 * half), "#777")
    around.paste(small, (-left, -top))
    aside = -half // 2 if middle_x > paper.width / 2 else half // 2
    with file.open("wb") as out:
        for n in range(frames):
            angle = -7 + 14 * ((n * 7) % frames) / frames
            shift = aside if n < blind else 0
            box = (half + shift - FILM[0] // 2, half - FILM[1] // 2, half + shift + FILM[0] // 2, half + FILM[1] // 2)
            shot = around.rotate(angle, Image.Resampling.BILINEAR).crop(box)
            shot = ImageEnhance.Brightness(shot.filter(ImageFilter.GaussianBlur(1.2))).enhance(0.7)
            shot.save(out, "JPEG", quality=85)
    return file


# A camera for the page that shows one picture for ever: `window.shown` is its address.
EASEL = """(() => {
    const shown = PICTURE;
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        window.wanted = wanted;
        const canvas = document.createElement("canvas"), image = new Image();
        canvas.width = 1280; canvas.height = 720;
        await new Promise((resolve) => { image.onload = resolve; image.src = shown; });
        const draw = () => {
            const pen = canvas.getContext("2d");
            pen.fillStyle = "#999"; pen.fillRect(0, 0, 1280, 720);
            pen.drawImage(image, 640 - SIDE / 2 + LEFT, 360 - SIDE / 2, SIDE, SIDE);
        };
        draw();
        setInterval(draw, 50);
        const stream = canvas.captureStream(20);
        window.track = stream.getVideoTracks()[0];
        return stream;
    };
})();"""


def easel(picture: Image.Image, side: int = CODE_SIDE, left: int = 0) -> str:
    """A script that puts this picture before the camera."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    data = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    return EASEL.replace("PICTURE", json.dumps(data)).replace("SIDE", str(side)).replace("LEFT", str(left))
