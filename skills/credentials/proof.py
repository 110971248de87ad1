"""A paper is looked over when it is made and before it is sealed."""

from __future__ import annotations

from urllib.parse import urlsplit

from skills.credentials import cose
from skills.credentials.lint import Report
from skills.credentials.lint import sheet as rules
from skills.credentials.lint.reading import read
from skills.credentials.paper import Sheet
from skills.kernel.errors import Refusal


def look_over(sheet: Sheet, pdf: bytes) -> Report:
    """What the rules say of the file that was made from a sheet. Raises Refusal("certificate.unreadable")."""
    try:
        reading = read(pdf)
    except ValueError as error:
        raise Refusal("certificate.unreadable") from error
    return rules.BOOK.look(
        rules.Printed(
            reading=reading, claims=sheet.claims,
            address=cose.qr_url(sheet.public_base, sheet.claims.number, sheet.message),
            host=urlsplit(sheet.public_base).netloc, document=sheet.document_number or sheet.claims.document_masked,
            whole=sheet.document_number is not None,
            files={"credential.json": sheet.badge, "receipt.json": sheet.receipt}, size=len(pdf),
            serial=sheet.serial, specimen=sheet.synthetic, national_query=sheet.national_query, has_photo=bool(sheet.photo),
        )
    )  # fmt: skip
