"""Documents, names and phones: what can be one, how it is matched, what others see."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skills.people import rules
from skills.people.rules import DocumentKind, NationalId
from tests.people_and_bodies import resident

TODAY = date(2026, 11, 23)
FORMS = rules.DocumentForms(
    {"resident": ("11", "50"), "hmt_resident": ("81", "82", "83")},
    ({"shape": "9[0-9]{16}[0-9X]", "check": True}, {"shape": "[A-Z]{3}[0-9]{12}", "check": False}),
)
BIRTHS = st.dates(date(1930, 1, 1), date(2020, 12, 31))


def missed(kind: str, text: str, birth: date | None = None, sex: str | None = None) -> list[str]:
    verdict = rules.check_document(kind, text, birth, sex, TODAY, FORMS)
    return [f.code for f in verdict.findings if not f.met] or ([] if verdict.yes else [verdict.code])


@given(BIRTHS, st.integers(1, 999))
def test_a_made_number_is_one_and_tells_birth_and_sex(birth: date, order: int) -> None:
    number = resident(order, birth)
    assert missed("resident", number, birth, "M" if order % 2 else "F") == []
    assert (rules.birth_of(number), rules.sex_of(number)) == (birth, "M" if order % 2 else "F")


@given(BIRTHS, st.integers(1, 999), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_anywhere_is_noticed(birth: date, order: int, place: int, other: str) -> None:
    number = resident(order, birth)
    assume(number[place] != other)
    assert missed("resident", number[:place] + other + number[place + 1 :])


@given(BIRTHS, st.integers(1, 999), st.integers(0, 15))
def test_two_neighbours_swapped_are_noticed(birth: date, order: int, place: int) -> None:
    number = resident(order, birth)
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert missed("resident", swapped)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["document.eighteen"]),
        ("11010119900307", ["document.eighteen"]),
        ("٣" * 18, ["document.eighteen"]),
        ("99010119900307663X", ["document.area", "document.check_character"]),
        ("110101199013074518", ["document.birth"]),
        ("11010120991231" + "001", ["document.eighteen"]),
    ],
)
def test_what_is_wrong_is_named(text: str, codes: list[str]) -> None:
    found = missed("resident", text)
    assert set(codes) <= set(found), found


def test_another_birth_or_sex_than_the_numbers_is_named() -> None:
    number = resident(2, date(2003, 1, 1))
    assert missed("resident", number, date(2003, 1, 2), "F") == ["document.birth_differs"]
    assert missed("resident", number, date(2003, 1, 1), "M") == ["document.sex_differs"]


@given(st.integers(1, 999))
def test_blanks_hyphens_width_and_case_make_no_difference(order: int) -> None:
    number = resident(order)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for text in (number.lower(), f" {number[:6]}-{number[6:14]} {number[14:]} ", wide, f"\u200b{number}"):
        assert rules.normal_document("resident", text) == number


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (DocumentKind.HM_PERMIT, "H12345678", "X12345678"),
        (DocumentKind.TW_PERMIT, "12345678", "1234567"),
        (DocumentKind.PASSPORT, "E12345678", "E1"),
        (DocumentKind.FOREIGN_PR, "CHN123456789012", "CH123456789012"),
    ],
)
def test_other_documents_have_their_shapes(kind: DocumentKind, good: str, bad: str) -> None:
    assert missed(kind, good) == []
    assert missed(kind, bad) == ["document.shape"]
    assert all(kind.words)


def test_the_new_permanent_residence_card_has_a_check_character() -> None:
    body = "9" + "31110119900307123"[1:17]
    body = "9" + "1" * 16
    good = body + rules.check_digit(body)
    assert missed(DocumentKind.FOREIGN_PR, good) == []
    wrong = body + ("1" if good[-1] != "1" else "2")
    assert missed(DocumentKind.FOREIGN_PR, wrong) == ["document.check_character"]
    assert missed("library card", "1") == ["document.kind_unknown"]


def test_a_residence_permit_of_hong_kong_macao_and_taiwan_has_its_own_areas() -> None:
    assert "document.area" in missed(DocumentKind.HMT_RESIDENT, resident(1))
    assert missed("resident", resident(1)) == []


@pytest.mark.parametrize("name", ["张三", "古丽·阿依", "𠮷野", "Anna-Maria O'Neil", "䶮"])
def test_names_keep_their_raw_form(name: str) -> None:
    assert rules.check_name(name)
    assert rules.tidy_name(name) == name


@pytest.mark.parametrize("name", ["", "  ", "张" * 41, "<b>张三</b>", "张\u0000三", "a=b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert not rules.check_name(name) or rules.tidy_name(name) != name


@given(st.text(max_size=12))
def test_tidying_and_matching_names_is_stable(text: str) -> None:
    assert rules.tidy_name(rules.tidy_name(text)) == rules.tidy_name(text)
    assert " " not in rules.normal_name(text)


@given(st.text("0123456789ABCDEFX", max_size=20))
def test_a_masked_document_keeps_its_length_and_hides_its_middle(number: str) -> None:
    shown = rules.mask_document(number)
    assert len(shown) == len(number)
    if len(number) >= 12:
        assert shown[4:-4] == "*" * (len(number) - 8)


def test_what_others_see() -> None:
    assert rules.mask_name("陈星宇") == "陈**"
    assert rules.mask_name("陈") == "陈*"
    assert rules.mask_name("") == ""
    assert rules.mask_phone("13812345678") == "138****5678"
    assert rules.mask_phone("123") == "****"
    held = NationalId("110101199003074518")
    assert "1101" not in f"{held} {held!r}"
    assert held.text.endswith("4518")


@pytest.mark.parametrize(("phone", "good"), [("13812345678", True), ("+86 138 1234 5678", True), ("12812345678", False), ("1381234567", False)])
def test_a_mobile_number(phone: str, good: bool) -> None:
    assert rules.check_phone(phone, "1[3-9][0-9]{9}").yes is good


def test_full_years_are_reached_on_the_birthday() -> None:
    assert rules.age_on(date(2010, 11, 23), TODAY) == 16
    assert rules.age_on(date(2010, 11, 24), TODAY) == 15
    assert rules.turns(date(2008, 2, 29), 18) == date(2026, 3, 1)
