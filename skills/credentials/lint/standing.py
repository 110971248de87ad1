"""What a certificate rests on: its number, its dates and the filing (pure)."""

from __future__ import annotations

import re

from skills.credentials.lint import Book, Fault, Severity, when
from skills.credentials.lint.draft import Draft
from skills.kernel.clock import shanghai_day
from skills.people.rules import age_on

MOST_NUMBER = 40
OLDEST = 110
OLD_EXAM_DAYS = 3 * 366
LONGEST_YEARS = 30
_FILING = re.compile(r"[YS][0-9]{4}[0-9]{2}[0-9]{6}")

BOOK: Book[Draft] = Book()
rule = BOOK.rule


# Number ---------------------------------------------------------------------------------------------------------


@rule("L021")
def level_number_of_the_national_form(d: Draft) -> Fault:
    return when(d.is_level and d.parts is None, number=d.claims.number)


@rule("L022")
def number_begins_with_the_filing(d: Draft) -> Fault:
    filing = d.claims.filing_number
    return when(d.is_level and not (d.parts and d.parts[0] == filing), number=d.claims.number, filing=filing)


@rule("L023")
def number_bears_the_year_of_issue(d: Draft) -> Fault:
    year = f"{d.claims.issued_on.year % 100:02d}"
    return when(d.is_level and not (d.parts and d.parts[1] == year), number=d.claims.number, year=year)


@rule("L024")
def number_bears_the_level(d: Draft) -> Fault:
    level, letter = d.level, d.grounds.letter if d.grounds else ""
    if level is None or d.parts is None:
        return None
    mark = d.parts[2]
    fits = mark == str(level.digit) if level.digit else mark.isalpha() and mark == (letter or mark)
    return when(not fits, number=d.claims.number, level=level.wording, level_en=level.english)


@rule("L025")
def number_is_the_one_drawn(d: Draft) -> Fault:
    if d.grounds is None or d.parts is None:
        return None
    drawn = d.grounds.sequence
    return when(int(d.parts[3]) != drawn or drawn < 1, number=d.claims.number, drawn=drawn)


@rule("L026")
def other_kinds_have_numbers_of_their_own(d: Draft) -> Fault:
    return when(not d.is_level and d.parts is not None, number=d.claims.number)


@rule("L027")
def number_can_be_looked_up(d: Draft) -> Fault:
    number = d.claims.number
    return when(number != number.upper() or len(number) > MOST_NUMBER, number=number, most=MOST_NUMBER)


# Dates ----------------------------------------------------------------------------------------------------------


@rule("L028")
def issued_on_the_day_of_signing(d: Draft) -> Fault:
    today = shanghai_day(d.at)
    return when(d.claims.issued_on != today, day=d.claims.issued_on, today=today)


@rule("L029")
def not_before_the_notice_ended(d: Draft) -> Fault:
    last = d.grounds.notice_to if d.grounds else None
    return when(last is not None and d.claims.issued_on <= last, day=d.claims.issued_on, last=last)


@rule("L030")
def examined_before_it_is_issued(d: Draft) -> Fault:
    held = d.grounds.examined_on if d.grounds else d.claims.issued_on
    return when(held > d.claims.issued_on, held=held, day=d.claims.issued_on)


@rule("L031", Severity.WARN)
def exam_not_long_ago(d: Draft) -> Fault:
    held = d.grounds.examined_on if d.grounds else d.claims.issued_on
    return when((d.claims.issued_on - held).days > OLD_EXAM_DAYS, held=held)


@rule("L032")
def expires_after_it_is_issued(d: Draft) -> Fault:
    expires = d.claims.expires_on
    return when(expires is not None and expires <= d.claims.issued_on, expires=expires)


@rule("L033", Severity.WARN)
def expiry_not_far_away(d: Draft) -> Fault:
    expires = d.claims.expires_on
    far = expires is not None and expires.year - d.claims.issued_on.year > LONGEST_YEARS
    return when(far, expires=expires, most=LONGEST_YEARS)


@rule("L034")
def holder_old_enough(d: Draft) -> Fault:
    held = d.grounds.examined_on if d.grounds else d.claims.issued_on
    age = age_on(d.holder.birth, held)
    return when(d.is_level and age < d.least_age, age=age, least=d.least_age)


@rule("L035")
def holder_plausibly_alive(d: Draft) -> Fault:
    age = age_on(d.holder.birth, d.claims.issued_on)
    return when(not 0 <= age <= OLDEST, age=age, most=OLDEST)


# Filing ---------------------------------------------------------------------------------------------------------


@rule("L036")
def new_level_says_what_it_rests_on(d: Draft) -> Fault:
    return when(d.is_level and d.replaces is None and d.grounds is None)


@rule("L037")
def filing_number_of_the_national_form(d: Draft) -> Fault:
    number = d.claims.filing_number
    return when(bool(d.is_level or number) and _FILING.fullmatch(number) is None, filing=number or "--")


@rule("L038")
def filing_number_of_this_filing(d: Draft) -> Fault:
    other = d.grounds is not None and d.grounds.filing_number != d.claims.filing_number
    return when(other, filing=d.claims.filing_number, filed=d.grounds.filing_number if d.grounds else "")


@rule("L039")
def filing_in_force(d: Draft) -> Fault:
    grounds = d.grounds
    if grounds is None:
        return None
    since, until = grounds.filed_from, grounds.filed_to
    inside = since is not None and until is not None and since <= grounds.examined_on <= until
    shown = {"filing": grounds.filing_number, "since": since or "--", "until": until or "--"}
    return when(not (grounds.in_force and inside), held=grounds.examined_on, **shown)


@rule("L040", Severity.WARN)
def filing_term_not_over_since(d: Draft) -> Fault:
    until = d.grounds.filed_to if d.grounds else None
    return when(until is not None and until < d.claims.issued_on, until=until)


@rule("L041")
def filing_covers_occupation_and_level(d: Draft) -> Fault:
    level = d.level
    if d.grounds is None or level is None:
        return None
    shown = {"occupation": d.claims.occupation_name, "level": level.wording, "level_en": level.english}
    return when(not d.grounds.covers, filing=d.grounds.filing_number, **shown)
