"""From paper to verdict without a camera: a photo whose code the server reads."""

from __future__ import annotations

import re

from flask import redirect, request
from flask.typing import ResponseReturnValue

from skills.credentials.inspection import pictures
from skills.credentials.views.verify.result import not_genuine
from skills.credentials.views.verify.room import room
from skills.web.doorman import csrf
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, say, settings, show

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,9}://[^/#?\\s]{1,255}/v/[^#]{1,255}#.+", re.DOTALL)
OURS = re.compile(r"/v/[0-9A-Za-z-]{1,40}#[0-9A-Za-z_-]{1,1200}")


@room.post("/verify/photo", may=PUBLIC)
@csrf.exempt
@limiter.limit("20 per minute")
def photo() -> ResponseReturnValue:
    """Read the code from a picture and go where it leads, if it leads here. The picture is not kept."""
    sent = request.files.get("photo")
    texts = pictures.codes(sent.read() if sent else b"")
    for text in texts:
        path = text.removeprefix(settings().public_base)
        if path != text and OURS.fullmatch(path):
            return redirect(path, 303)
    if any(map(ADDRESS.fullmatch, texts)):
        return show("credentials/verify.html", number="", name="", errors=[], result=not_genuine())
    message = say(
        "没有在照片里读到证书二维码。请对准二维码重拍，保持清晰、不反光；或手动输入编号。",
        "No certificate code was found in the picture. Take it again, sharp and without glare, or type the number.",
    )
    errors = [{"field": "number", "text": message}]
    return show("credentials/verify.html", 422, number="", name="", errors=errors, result=None)
