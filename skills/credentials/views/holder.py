"""The holder's certificates: on the phone, as PDF, as credential, as QR to show."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from skills.credentials import cose
from skills.credentials.queries import CertificateLine, address_of, code_of, credential_of, mine, of_person, pdf_of
from skills.credentials.views.verify import TITLES, state_of
from skills.web.pages import SIGNED_IN, Room, db, me, say, settings, show

room = Room("certificates", __name__)


@room.get("/me/certificates", may=SIGNED_IN)
def wall() -> ResponseReturnValue:
    """All of one's certificates."""
    lines = [(line, state_of(line)) for line in of_person(db(), me().person_id)]
    return show("credentials/wall.html", lines=lines, titles=TITLES)


@room.get("/me/certificates/<number>", may=SIGNED_IN)
def one(number: str) -> ResponseReturnValue:
    """One certificate with its QR."""
    line = mine(db(), me().person_id, number)
    symbol = cose.qr_symbol(address_of(db(), number, settings().public_base))
    state = state_of(line)
    address = address_of(db(), number, settings().public_base).removeprefix(settings().public_base)
    return show(
        "credentials/one.html", line=line, state=state, title=say(*TITLES[state][0]), symbol=symbol, address=address
    )


@room.get("/me/certificates/<number>/certificate.pdf", may=SIGNED_IN)
def pdf(number: str) -> ResponseReturnValue:
    """The sealed PDF, byte for byte as it was made."""
    line = mine(db(), me().person_id, number)
    return serve_pdf(line)


@room.get("/me/certificates/<number>/credential.json", may=SIGNED_IN)
def credential(number: str) -> ResponseReturnValue:
    """The Open Badges credential, byte for byte as it was signed."""
    mine(db(), me().person_id, number)
    headers = {"Content-Disposition": f'attachment; filename="{number}.json"'}
    return Response(credential_of(db(), number), mimetype="application/vc", headers=headers)


@room.get("/me/certificates/<number>/qr.png", may=SIGNED_IN)
def picture(number: str) -> ResponseReturnValue:
    """The QR as a picture."""
    mine(db(), me().person_id, number)
    address = cose.qr_url(settings().public_base, number, code_of(db(), number))
    return Response(cose.qr_symbol(address).png, mimetype="image/png")


@room.api("GET", "/me/certificates", may=SIGNED_IN, answers=list[CertificateLine])
def api_mine() -> list[CertificateLine]:
    """One's own certificates."""
    return list(of_person(db(), me().person_id))


def serve_pdf(line: CertificateLine) -> Response:
    """The stored PDF. Raises as `pdf_of` does."""
    data = pdf_of(db(), settings().files_dir, line.number)
    headers = {"Content-Disposition": f'inline; filename="{line.number}.pdf"'}
    return Response(data, mimetype="application/pdf", headers=headers)
