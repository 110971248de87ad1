"""Rare characters are first-class: every letter of GB 18030 that the installed fonts draw is kept, compared, exported and printed."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from skills.credentials import fonts, paper, queries
from skills.kernel import sheets
from skills.people.queries import person, persons
from skills.people.rules import INVISIBLE, check_name, normal_name, tidy_name
from tests.courses.test_views import Visitors, text_of, visitors
from tests.credentials.test_actions import ABOVE, NUMBER, claims_for, issue
from tests.credentials.test_paper import LEVEL, sheet, words
from tests.people_and_bodies import body, someone
from tests.world import World

__all__ = ["visitors"]

AT_ONCE = 38
# 2022 gave these their places in Unicode; what older editions wrote as two bytes was a private character until then.
FORMER = {
    b"\xfe\x59": "龴", b"\xfe\x61": "龵", b"\xfe\x66": "龶", b"\xfe\x67": "龷", b"\xfe\x6d": "龸", b"\xfe\x7e": "龹",
    b"\xfe\x90": "龺", b"\xfe\xa0": "龻", b"\xfe\x51": "𠂇", b"\xfe\x52": "𠂉", b"\xfe\x53": "𠃌", b"\xfe\x6c": "𡗗",
    b"\xfe\x76": "𢦏", b"\xfe\x91": "𤇾", b"\xa6\xd9": "︐", b"\xa6\xda": "︒", b"\xa6\xdb": "︑", b"\xa6\xdc": "︓",
    b"\xa6\xdd": "︔", b"\xa6\xde": "︕", b"\xa6\xdf": "︖", b"\xa6\xec": "︗", b"\xa6\xed": "︘", b"\xa6\xf3": "︙",
}  # fmt: skip
COMPATIBLE = "\ufa1a"  # 祥 as a compatibility ideograph: another character on the card, the same to whoever compares
DECOMPOSED = "Jose\u0301 Ibarra"
NOWHERE = "\U0002b3f7"  # a character that Noto CJK lacks


def letters() -> Iterator[str]:
    """Every letter that GB 18030 can write and that is seen."""
    for point in range(0x80, 0x30000):
        c = chr(point)
        if unicodedata.category(c)[0] == "L" and not INVISIBLE.fullmatch(c):
            yield c


def drawn() -> list[str]:
    """Those of them that a certificate's fonts draw, which no font does for a letter that GB 18030 cannot write."""
    every = "".join(letters())
    lost = set(fonts.missing(every))
    found = [c for c in every if c not in lost]
    assert "".join(found).encode("gb18030").decode("gb18030") == "".join(found)
    return found


@pytest.fixture(scope="module")
def known() -> list[str]:
    found = drawn()
    assert len(found) > 29_000  # Noto CJK draws the whole of URO and extension A but 26
    return found


def names(characters: list[str], most: int | None = None) -> list[str]:
    """Names of many rare characters: all of them, or so many names drawn anew each time."""
    if most is not None:
        characters = random.sample(characters, most * AT_ONCE)
    return ["王" + "".join(characters[n : n + AT_ONCE]) for n in range(0, len(characters), AT_ONCE)]


def test_every_one_of_them_can_be_in_a_name(known: list[str]) -> None:
    for c in [*known, "〇", "々"]:
        name = f"王{c}"
        assert check_name(name), (c, hex(ord(c)))
        assert tidy_name(name) in (name, "王·"), (c, hex(ord(c)))
        assert normal_name(unicodedata.normalize("NFD", name)) == normal_name(name) == normal_name(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_one_of_them_is_read_from_a_file(known: list[str], encoding: str) -> None:
    rows = [(str(n), name) for n, name in enumerate(names(known), 1)]
    text = "\r\n".join(",".join(row) for row in rows)
    assert list(sheets.read(text.encode(encoding)).rows) == rows


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_one_of_them_is_exported(known: list[str], form: str) -> None:
    rows = [(str(n), name) for n, name in enumerate(names(known), 1)]
    data = sheets.write_csv(rows) if form == "csv" else sheets.write_xlsx(rows, "名单", {})
    assert list(sheets.read(data).rows) == rows


def test_old_files_write_private_codes_for_characters_that_have_a_place_now() -> None:
    for code, c in FORMER.items():
        ((read,),) = sheets.read("王".encode("gb18030") + code).rows
        assert tidy_name(read) == f"王{c}", code.hex()
        assert normal_name(read) == normal_name(f"王{c}")
    assert len(set(FORMER.values())) == 24


def kept(world: World, every: list[str]) -> None:
    ids = [someone(world, order=n % 999 + 1, name=name, birth=date(1990 + n // 999, 1, 1)).id for n, name in enumerate(every)]
    with world.db() as db:
        held = persons(db, ids)
    assert [held[i].name for i in ids] == every
    world.holds(ABOVE)


def test_they_are_kept(world: World, known: list[str]) -> None:
    kept(world, names(known, 20))


@pytest.mark.soak
def test_all_are_kept(world: World, known: list[str]) -> None:
    kept(world, names(known))


def read_from_paper(name: str) -> str:
    """The name as a reader of PDF gives it, in normal form: the fonts draw a compatibility ideograph with its twin's glyph."""
    seen = unicodedata.normalize("NFC", "".join(words(paper.pdf(sheet(replace(LEVEL, holder_name=name)))).split()))
    return seen[seen.index("王") :][: len(unicodedata.normalize("NFC", name))]


def printed(every: list[str]) -> None:
    for name in every:
        meant, seen = unicodedata.normalize("NFC", name), read_from_paper(name)
        # Two characters drawn by one glyph, such as 〲 and 〴, are read as one where they stand in one name; alone each is itself.
        for one, other in zip(meant, seen, strict=True):
            assert one == other or read_from_paper(f"王{one}") == f"王{one}", (one, other, hex(ord(one)))


def test_they_are_printed(known: list[str]) -> None:
    printed(names(known, 6))


@pytest.mark.soak
def test_all_are_printed(known: list[str]) -> None:
    printed(names(known))


@pytest.mark.parametrize("name", [f"王{COMPATIBLE}", DECOMPOSED, "武〇", "龴𠂇𤇾"])
def test_printed_as_it_is_on_the_document_and_found_by_its_twin(visitors: Visitors, name: str) -> None:
    world = visitors.world
    who, issuer = someone(world, name=name), body(world)
    world.perform(issue, claims=replace(claims_for(world, who), holder_name=name), person_id=who.id, issuer_id=issuer)
    world.run_jobs()
    assert world.ask(queries.certificate, NUMBER).stage == "printed"
    assert world.ask(queries.certificate, NUMBER).claims.holder_name == name
    guest = world.client()
    for n, typed in enumerate((name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))):
        guest.environ_base["REMOTE_ADDR"] = f"192.0.2.{n + 1}"
        page = text_of(guest.post("/verify", data={"number": NUMBER, "name": typed}))
        assert LEVEL.occupation_name in page
    world.holds(ABOVE)


def test_what_cannot_be_printed_is_refused_before_issue_and_named(lite: World) -> None:
    who, issuer = someone(lite, name=f"王{NOWHERE}"), body(lite)
    with lite.db() as db:
        assert person(db, who.id).name == f"王{NOWHERE}"  # a name is a name: it is kept
    with lite.refused("certificate.lint") as held:
        lite.perform(issue, claims=claims_for(lite, who), person_id=who.id, issuer_id=issuer)
    assert f"{NOWHERE}（U+2B3F7）" in repr(held[0].facts) + repr(getattr(held[0], "findings", ""))
    lite.holds(ABOVE)


def test_a_private_character_without_a_place_is_no_name() -> None:
    assert not check_name("王\ue900")

