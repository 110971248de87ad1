"""What is kept of a certificate under its holder's data key, and how it opens: a destroyed key leaves what names nobody."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from skills.credentials import badge, cose
from skills.credentials.claims import PERSONAL, Claims
from skills.credentials.models import Certificate, Paper
from skills.kernel.box import Box, Shredded, box_of
from skills.kernel.canon import plain
from skills.people.queries import GONE
from skills.people.rules import normal_name

_CLAIMS: TypeAdapter[Claims] = TypeAdapter(Claims)
_NOBODY = {"holder_name": GONE, "document_kind": "", "document_masked": ""}


def sealed(box: Box, certificate_id: str, person_id: str, claims: Claims, credential: bytes, code: bytes) -> dict[str, Any]:
    """The columns of a new certificate that come from its claims and its signed bytes. Raises KeyDestroyed."""
    said: Any = plain(claims)
    personal = {name: said.pop(name) for name in PERSONAL}
    return {
        "claims": said,
        "holder": box.seal(json.dumps(personal, ensure_ascii=False), _place(certificate_id, "holder"), person_id),
        "name_proof": name_proof(box, claims.number, claims.holder_name),
        "four_proof": four_proof(box, claims.number, claims.document_masked[-4:]),
        "credential": box.seal_bytes(credential, _place(certificate_id, "credential"), person_id),
        "credential_digest": hashlib.sha256(credential).hexdigest(),
        "code": box.seal_bytes(code, _place(certificate_id, "code"), person_id),
        "code_digest": hashlib.sha256(code).hexdigest(),
        "credential_kid": badge.kid_in(credential),
        "code_kid": cose.kid_in(code).hex(),
    }


def claims_of(db: Session, row: Certificate) -> Claims:
    """What a certificate asserts; of somebody erased without the holder, who is called GONE.

    Erased counts from the decision on, when the proofs were cleared: the key may be destroyed a moment later.
    """
    if not row.name_proof:
        return _CLAIMS.validate_python({**row.claims, **_NOBODY})
    return opened(box_of(db), row.id, row.claims, row.holder)


def opened(box: Box, certificate_id: str, claims: dict[str, Any], holder: bytes) -> Claims:
    """The same from two columns."""
    try:
        said = json.loads(box.open(holder, _place(certificate_id, "holder")))
    except Shredded:
        said = _NOBODY
    return _CLAIMS.validate_python({**claims, **said})


def erased(claims: Claims) -> bool:
    """Whether these claims are of somebody who was erased: nothing that was issued names no document."""
    return not claims.document_kind


def credential_of(db: Session, row: Certificate) -> bytes:
    """The signed credential, byte for byte. Raises Shredded."""
    return _bytes(db, row, row.credential, "credential")


def code_of(db: Session, row: Certificate) -> bytes:
    """The QR's signed bytes. Raises Shredded."""
    return _bytes(db, row, row.code, "code")


def _bytes(db: Session, row: Certificate, sealed: bytes, column: str) -> bytes:
    if not row.name_proof:
        raise Shredded(_place(row.id, column))
    return box_of(db).open_bytes(sealed, _place(row.id, column))


def name_proof(box: Box, number: str, name: str) -> str:
    """The keyed digest of a holder's name on a certificate: equal for the same name, of no use elsewhere."""
    return box.blind(f"certificate:{number}:name", normal_name(name))


def four_proof(box: Box, number: str, four: str) -> str:
    """The keyed digest of the last four characters of the holder's document."""
    return box.blind(f"certificate:{number}:four", four.strip().upper())


def claims_digest(box: Box, claims: Claims) -> str:
    """What an act puts on record about the claims: keyed, for a name that can be guessed must not be confirmed by it."""
    return box.blind("certificate:claims", claims.canonical())


def seal_paper(box: Box, certificate_id: str, copy: int, person_id: str, pdf: bytes) -> bytes:
    """A printed form as it lies in DATA_DIR/files."""
    return box.seal_bytes(pdf, paper_place(certificate_id, copy), person_id)


def open_paper(box: Box, folder: Path, paper: Paper) -> bytes | None:
    """The PDF, byte for byte as it was made; None if its file is gone. Raises Shredded."""
    return open_file(box, folder, paper.path, paper.certificate_id, paper.copy)


def open_file(box: Box, folder: Path, path: str, certificate_id: str, copy: int) -> bytes | None:
    """The same by its place."""
    try:
        held = (folder / path).read_bytes()
    except FileNotFoundError:
        return None
    return box.open_bytes(held, paper_place(certificate_id, copy))


def paper_place(certificate_id: str, copy: int) -> str:
    """Where a printed form is sealed for."""
    return f"certificate_paper:{certificate_id}:{copy}:file"


def _place(certificate_id: str, column: str) -> str:
    return f"certificate:{certificate_id}:{column}"
