"""What a certificate says: its texts, its occupation and its level (pure)."""

from __future__ import annotations

import re
import unicodedata

from skills.credentials.claims import NO_BRANCH
from skills.credentials.lint import Book, Fault, Severity, when
from skills.credentials.lint.draft import MARKUP, UNPLACED, UNSEEN, Draft, named, point, texts
from skills.people.rules import DocumentKind, check_name, tidy_name
from skills.standards.rules import OCCUPATION_CODE, Level

_DASHES = {"", "-", "—", "——", "–", "－", "－－", "―", "无", "/", "N/A", "n/a", "无工种"}
BOOK: Book[Draft] = Book()
rule = BOOK.rule


# Texts ----------------------------------------------------------------------------------------------------------


@rule("L001")
def name_in_normal_form(d: Draft) -> Fault:
    name = d.claims.holder_name
    return when(name != tidy_name(name))


@rule("L002")
def name_can_be_a_name(d: Draft) -> Fault:
    return when(not check_name(d.claims.holder_name))


@rule("L003")
def name_as_on_record(d: Draft) -> Fault:
    return when(d.claims.holder_name != d.holder.name)


@rule("L004")
def no_invisible_characters(d: Draft) -> Fault:
    return _characters(d, UNSEEN)


@rule("L005")
def only_assigned_characters(d: Draft) -> Fault:
    return _characters(d, UNPLACED)


@rule("L006")
def every_character_can_be_printed(d: Draft) -> Fault:
    return when(bool(d.lost), code_points=[named(c) for c in d.lost])


@rule("L007")
def texts_without_stray_blanks(d: Draft) -> Fault:
    return when(any(t != t.strip() or "  " in t for t in texts(d.claims)))


@rule("L008")
def no_markup(d: Draft) -> Fault:
    return when(any(MARKUP.search(t) for t in texts(d.claims)))


@rule("L009")
def issuer_as_registered(d: Draft) -> Fault:
    return when(d.claims.issuer_name != d.issuer_name, registered=d.issuer_name)


@rule("L010")
def document_of_a_known_kind(d: Draft) -> Fault:
    return when(d.claims.document_kind not in {kind.words[0] for kind in DocumentKind})


@rule("L011")
def document_masked_as_on_record(d: Draft) -> Fault:
    shown = d.claims.document_masked
    other = (d.claims.document_kind, shown) != (d.holder.document_kind, d.holder.document_masked)
    return when(other or "*" not in shown or sum(c != "*" for c in shown) > 8)


@rule("L012")
def specimens_for_made_up_people_alone(d: Draft) -> Fault:
    return when(d.specimen != d.holder.synthetic)


# Occupation and level -------------------------------------------------------------------------------------------


@rule("L013")
def level_has_a_certificate(d: Draft) -> Fault:
    level = d.level
    without = level is not None and not (level.examined or level is Level.SPECIAL)
    return when(without, level=level.wording if level else "", level_en=level.english if level else "")


@rule("L014")
def absent_branch_is_two_hyphens(d: Draft) -> Fault:
    return when(d.claims.branch.strip() in _DASHES, printed=d.claims.branch)


@rule("L015")
def occupation_code_of_the_national_form(d: Draft) -> Fault:
    code = d.claims.occupation_code
    return when(bool(code) and OCCUPATION_CODE.fullmatch(code) is None, code=code)


@rule("L016")
def occupation_as_in_the_catalogue(d: Draft) -> Fault:
    if not d.claims.occupation_code:
        return when(bool(d.claims.occupation_name), code="--", name=d.claims.occupation_name)
    known = d.catalogue[0] if d.catalogue else ""
    return when(d.claims.occupation_name != known, code=d.claims.occupation_code, name=known or "--")


@rule("L017")
def branch_of_this_occupation(d: Draft) -> Fault:
    branches = d.catalogue[2] if d.catalogue else ()
    outside = d.claims.branch != NO_BRANCH and bool(branches) and d.claims.branch not in branches
    return when(outside, branch=d.claims.branch, branches=branches)


@rule("L018")
def levels_for_skill_occupations_alone(d: Draft) -> Fault:
    return when(d.is_level and d.catalogue is not None and d.catalogue[1] != "skill", code=d.claims.occupation_code)


@rule("L019", Severity.WARN)
def other_kinds_do_not_speak_of_levels(d: Draft) -> Fault:
    words = ["职业技能等级", *(level.wording for level in Level)]
    return when(not d.is_level and any(word in d.claims.award for word in words), award=d.claims.award)


@rule("L020", Severity.WARN)
def completion_says_its_hours(d: Draft) -> Fault:
    return when(d.claims.kind == "completion" and not re.search("[1-9]", d.claims.hours))


def _characters(d: Draft, categories: frozenset[str]) -> Fault:
    found = {c for text in texts(d.claims) for c in text if unicodedata.category(c) in categories}
    return when(bool(found), code_points=[point(c) for c in sorted(found)])
