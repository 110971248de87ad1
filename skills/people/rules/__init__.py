"""Names and identity documents: what a person typed, how it is matched, how it is masked (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from skills.kernel.findings import Finding, Verdict, no_fault

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
DOTS = re.compile("[\u2022\u2027\u30fb\u2219\u22c5\uff0e\uff65\u0387\u16eb]")
MIDDLE_DOT = "\u00b7"
# What Unicode calls ignorable (DerivedCoreProperties): not drawn, yet it would make two names out of one.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Before GB 18030-2022 these characters had no place in Unicode: old files and input methods write private codes for them.
FORMER_CODES = str.maketrans(
    {
        0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16,
        0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
        0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC,
        0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
    }
)  # fmt: skip
ZERO = "\u3007"  # 〇: a number to Unicode, a character of names to people
MAX_NAME = 40
_USUAL = re.compile("[\u4e00-\u9fa5]+")  # matched as they are: no other form, no case
DESTROY = "people.destroy_keys"  # the job that makes an erasure final


class DocumentKind(StrEnum):
    """The identity documents that are taken."""

    RESIDENT = "resident"
    HMT_RESIDENT = "hmt_resident"
    HM_PERMIT = "hm_permit"
    TW_PERMIT = "tw_permit"
    FOREIGN_PR = "foreign_pr"
    PASSPORT = "passport"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese as printed on a certificate, English)."""
        return _DOCUMENT_WORDS[self]


_DOCUMENT_WORDS = {
    DocumentKind.RESIDENT: ("居民身份证", "Resident identity card"),
    DocumentKind.HMT_RESIDENT: ("港澳台居民居住证", "Residence permit for Hong Kong, Macao and Taiwan residents"),
    DocumentKind.HM_PERMIT: ("港澳居民来往内地通行证", "Mainland travel permit for Hong Kong and Macao residents"),
    DocumentKind.TW_PERMIT: ("台湾居民来往大陆通行证", "Mainland travel permit for Taiwan residents"),
    DocumentKind.FOREIGN_PR: ("外国人永久居留身份证", "Foreign permanent resident identity card"),
    DocumentKind.PASSPORT: ("护照", "Passport"),
}

_SHAPES = {
    DocumentKind.HM_PERMIT: re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    DocumentKind.TW_PERMIT: re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
    DocumentKind.PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
}


@dataclass(frozen=True)
class NationalId:
    """A document number that cannot be printed by accident."""

    _text: str

    def __repr__(self) -> str:
        return f"NationalId(…{self._text[-2:]})"

    __str__ = __repr__

    @property
    def text(self) -> str:
        """The number itself."""
        return self._text


@dataclass(frozen=True)
class DocumentForms:
    """What documents look like by the policy of a day.

    areas       first two digits by kind of document, residents of the mainland and of Hong Kong, Macao and Taiwan
                (policy `document.areas`)
    foreign_pr  forms of a foreign permanent resident's card: a shape each, and whether its last character checks the
                rest (policy `document.foreign_pr`)
    """

    areas: Mapping[str, Sequence[str]]
    foreign_pr: Sequence[Mapping[str, Any]]


def normal_document(kind: str, text: str) -> str:
    """A number as it is stored and matched: full-width read as half-width, upper case, no blanks or hyphens."""
    if text.isascii() and text.isalnum():
        return text.upper()  # as most are: nothing else to be done
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-·]", "", INVISIBLE.sub("", plain))


def matched_document(kind: str, text: str) -> str:
    """A number as it is looked up: one of fifteen digits, as resident cards bore until 2013, leads to the eighteen it became."""
    number = normal_document(kind, text)
    if len(number) == 15 and kind == DocumentKind.RESIDENT and re.fullmatch(r"[0-9]{15}", number):
        body = f"{number[:6]}19{number[6:]}"
        return body + check_digit(body)
    return number


def check_digit(body: str) -> str:
    """The 18th character for the first 17 (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return CHECK_CHARACTERS[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def check_document(
    kind: str,
    text: str,
    birth: date | None,
    sex: str | None,
    today: date,
    forms: DocumentForms,
) -> Verdict:
    """Whether a number can belong to such a document, and to this birth date and sex if they are given.

    Residents: 18 characters, an area, a birth date not after `today`, the check character. Source: GB 11643.
    """
    number = normal_document(kind, text)
    shown = {"number": mask_document(number)}
    if kind not in set(DocumentKind):
        return Verdict(False, "document.kind_unknown", facts={"kind": kind})
    if kind in (DocumentKind.RESIDENT, DocumentKind.HMT_RESIDENT):
        found = _resident(number, birth, sex, today, forms.areas[kind])
        return no_fault("document.refused", found, **shown)
    if kind == DocumentKind.FOREIGN_PR:
        form = next((f for f in forms.foreign_pr if re.fullmatch(f["shape"], number)), None)
        fits, checked = form is not None, form is not None and bool(form["check"])
    else:
        fits, checked = _SHAPES[DocumentKind(kind)].fullmatch(number) is not None, False
    found = [Finding("document.shape", fits, facts=shown)]
    if checked:
        found.append(Finding("document.check_character", check_digit(number[:17]) == number[17], "GB 11643", shown))
    return no_fault("document.refused", found, **shown)


def _resident(
    number: str, birth: date | None, sex: str | None, today: date, areas: Sequence[str]
) -> list[Finding]:
    shown = {"number": mask_document(number), "length": len(number)}
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return [Finding("document.eighteen", False, "GB 11643", shown)]
    born = birth_of(number)
    found = [
        Finding("document.area", number[:2] in areas, "GB/T 2260", {**shown, "area": number[:2]}),
        Finding("document.birth", born is not None and born <= today, "GB 11643", {**shown, "birth": number[6:14]}),
        Finding("document.check_character", check_digit(number[:17]) == number[17], "GB 11643", shown),
    ]
    if birth is not None:
        found.append(Finding("document.birth_differs", born == birth, "", {**shown, "birth": birth}))
    if sex is not None:
        found.append(Finding("document.sex_differs", sex_of(number) == sex, "", shown))
    return found


def birth_of(number: str) -> date | None:
    """The birth date in a resident number, None if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """M for an odd order number, F for an even one."""
    return "M" if int(number[16]) % 2 else "F"


def tidy_name(text: str) -> str:
    """A name as it is kept and printed: no invisible characters, one kind of middle dot, single blanks.

    Never brought to a normal form: 祥 and its compatibility twin are matched as one and printed each as it is on the document.
    """
    plain = DOTS.sub(MIDDLE_DOT, INVISIBLE.sub("", text.translate(FORMER_CODES)))
    return re.sub(r"\s+", " ", plain).strip()


def normal_name(text: str) -> str:
    """A name as it is matched: canonical form, case-blind, without blanks and dots. Never printed."""
    if _USUAL.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFC", tidy_name(text)).casefold()
    return plain.replace(" ", "").replace(MIDDLE_DOT, "")


def check_name(text: str) -> Verdict:
    """Whether a text can be a name: 1 to 40 characters with a letter among them, no control character or markup bracket."""
    name = tidy_name(text)
    good = all(unicodedata.category(c)[0] in "LMZ" or c in "·-'’.（）()" + ZERO or c.isdigit() for c in name)
    good = good and any(c.isalpha() for c in name)
    return no_fault(
        "name.refused",
        [
            Finding("name.length", 1 <= len(name) <= MAX_NAME, facts={"length": len(name), "most": MAX_NAME}),
            Finding("name.characters", good),
        ],
    )


def mask_name(name: str) -> str:
    """张* , 欧阳** → first character and stars; what others may see."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def mask_document(number: str) -> str:
    """First four and last four of a long number, else the last two; everything between is stars."""
    if len(number) >= 12:
        return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"
    return "*" * max(0, len(number) - 2) + number[-2:]


def mask_phone(phone: str) -> str:
    """138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def check_phone(text: str, shape: str) -> Verdict:
    """A mobile number of the mainland, in the shape that the policy `person.mobile` gives."""
    fits = re.fullmatch(shape, normal_phone(text)) is not None
    return no_fault("phone.refused", [Finding("phone.shape", fits)])


def normal_phone(text: str) -> str:
    """Digits alone, without the country code."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    return digits.removeprefix("86") if len(digits) == 13 else digits


OTHER = "other"
# For what somebody may open a whole number; the class goes on record and is shown to the person (个人信息保护法第44条).
OPENING_REASONS: Mapping[str, tuple[str, str]] = {
    "correction": ("核对或更正证件信息", "to check or correct the document"),
    "double": ("核对重复建档", "to settle a double record"),
    "complaint": ("办理投诉举报、异议", "for a complaint or an objection"),
    "payment": ("核对补贴发放", "to check a payment"),
    "law": ("司法、监察、审计机关依法调取", "asked for by a court or an audit, by law"),
    OTHER: ("其他", "other"),
}


def may_open(reason: str, detail: str) -> Verdict:
    """Whether the ground for opening a number is complete: a class, and for "other" up to 200 characters of detail."""
    if reason not in OPENING_REASONS:
        return Verdict(False, "person.why_needed")
    words = detail.strip()
    return Verdict(len(words) <= 200 and bool(words or reason != OTHER), "person.detail_needed")


def age_on(birth: date, day: date) -> int:
    """Full years on a day (周岁)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def guardian_rule(birth: date, day: date, age: int, consented: bool) -> Verdict:
    """Whether somebody's data may be used: from an age on, before it with a guardian's consent (个人信息保护法第31条)."""
    facts = {"age": age, "day": turns(birth, age)}
    return Verdict(consented or age_on(birth, day) >= age, "person.guardian_needed", facts=facts)


def turns(birth: date, years: int) -> date:
    """The day on which somebody reaches an age; 29 February counts as 1 March in other years."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)
