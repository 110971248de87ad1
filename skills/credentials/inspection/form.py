"""The one form of a credential of ours, part by part (pure).

RDF canonicalisation takes exponential time on hostile JSON. A document of exactly this form has seven nodes without
a name, each with another part to play, and cannot be hostile; everything else is refused before it comes to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skills.credentials import badge
from skills.credentials.statuslist import SIZE

MOST_TEXT = 2_000
TEXT = object()  # stands for any text of reasonable length
_ACHIEVEMENT = {
    "id": TEXT, "type": ["Achievement"], "achievementType": TEXT, "name": TEXT, "description": TEXT,
    "criteria": {"narrative": TEXT}, "inLanguage": "zh-CN", "humanCode": TEXT, "specialization": TEXT,
}  # fmt: skip
_IDENTITY = {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": TEXT}


def own_form(document: Mapping[str, Any], public_base: str) -> bool:
    """Whether a credential has the form in which this installation issues; `proof` may be there or not."""
    base = public_base.rstrip("/")
    form = {
        "@context": badge.CONTEXT,
        "id": TEXT,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": TEXT,
        "issuer": {"id": badge.did_web(base), "type": ["Profile"], "name": TEXT, "url": base},
        "validFrom": TEXT,
        "awardedDate": TEXT,
        "validUntil": TEXT,
        "credentialSubject": {
            "type": ["AchievementSubject"], "identifier": [_IDENTITY], "achievement": _ACHIEVEMENT,
        },
        "credentialSchema": [{"id": badge.SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": [_status(purpose) for purpose in ("revocation", "suspension")],
        "proof": [
            {
                "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": TEXT,
                "verificationMethod": TEXT, "proofPurpose": "assertionMethod", "proofValue": TEXT,
            }
        ],
    }  # fmt: skip
    if not _fits(document, form):
        return False
    name, what = document["id"], document["credentialSubject"]["achievement"]["id"]
    return str(name).startswith(f"{base}/v/") and what == f"{name}#achievement" and _same_place(document, base)


def status_index(document: Mapping[str, Any], public_base: str) -> int:
    """The global status index of a credential. Raises ValueError, KeyError or TypeError if it has none of ours."""
    entry = document["credentialStatus"][0]
    number = entry["statusListCredential"].removeprefix(f"{public_base.rstrip('/')}/status/revocation/")
    place = entry["statusListIndex"]
    if not (number.isdecimal() and place.isdecimal() and len(number) < 8 and 0 <= int(place) < SIZE and int(number)):
        raise ValueError("no status index of ours")
    return (int(number) - 1) * SIZE + int(place)


def _status(purpose: str) -> dict[str, object]:
    return {
        "id": TEXT, "type": "BitstringStatusListEntry", "statusPurpose": purpose, "statusListIndex": TEXT,
        "statusListCredential": TEXT,
    }  # fmt: skip


_OPTIONAL = {"validUntil", "humanCode", "specialization"}


def _fits(value: object, form: object) -> bool:
    if form is TEXT:
        return isinstance(value, str) and 0 < len(value) <= MOST_TEXT and not value.startswith("_:")
    if isinstance(form, dict):
        if not isinstance(value, Mapping) or not form.keys() - _OPTIONAL <= value.keys() <= form.keys():
            return False
        return all(_fits(value[key], form[key]) for key in value)
    if isinstance(form, list):
        return isinstance(value, list) and len(value) == len(form) and all(map(_fits, value, form))
    return type(value) is type(form) and value == form


def _same_place(document: Mapping[str, Any], base: str) -> bool:
    """Both status entries lie in our lists and at the same place."""
    try:
        index = status_index(document, base)
    except (ValueError, KeyError, TypeError):
        return False
    number, place = index // SIZE + 1, index % SIZE
    return all(
        entry["statusListCredential"] == f"{base}/status/{entry['statusPurpose']}/{number}"
        and entry["statusListIndex"] == str(place)
        and entry["id"] == f"{entry['statusListCredential']}#{place}"
        for entry in document["credentialStatus"]
    )
