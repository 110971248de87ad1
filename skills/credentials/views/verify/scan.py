"""From paper to verdict without a camera: a photo whose code the server reads."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import zxingcpp
from flask import redirect, request
from flask.typing import ResponseReturnValue
from PIL import Image, UnidentifiedImageError

from skills.credentials.views.verify.result import not_genuine
from skills.credentials.views.verify.room import room
from skills.web.doorman import csrf
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, say, settings, show

PHOTO_SIDE = 2_400


@room.post("/verify/photo", may=PUBLIC)
@csrf.exempt
@limiter.limit("20 per minute")
def photo() -> ResponseReturnValue:
    """Read the code from a picture and go where it leads, if it leads here. The picture is not kept."""
    sent = request.files.get("photo")
    text = read_picture(sent.read() if sent else b"")
    parts = urlsplit(text)
    if parts.path.startswith("/v/") and parts.fragment:
        if parts.netloc == settings().host:
            return redirect(f"{parts.path}#{parts.fragment}", 303)
        return show("credentials/verify.html", number="", name="", errors=[], result=not_genuine())
    message = say(
        "没有在照片里读到证书二维码。请对准二维码重拍，保持清晰、不反光；或手动输入编号。",
        "No certificate code was found in the picture. Take it again, sharp and without glare, or type the number.",
    )
    errors = [{"field": "number", "text": message}]
    return show("credentials/verify.html", 422, number="", name="", errors=errors, result=None)


def read_picture(data: bytes) -> str:
    """The first code in a picture; an empty text for none. Large pictures are made smaller first."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(data))
        if picture.width * picture.height > 60_000_000:
            return ""
        picture = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return ""
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    for candidate in (picture, picture.resize((picture.width * 2, picture.height * 2))):
        for found in zxingcpp.read_barcodes(candidate, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
            return str(found.text)
        if candidate.width > 1_600:
            break
    return ""
