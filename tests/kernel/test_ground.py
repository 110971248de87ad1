"""The ground's plain pieces: boxes, keys, codes, canonical text, machines, time."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.app import clock_step
from skills.kernel.actors import Actor, Grant
from skills.kernel.box import Box, Tampered
from skills.kernel.canon import canon, digest, keyed_digest
from skills.kernel.clock import SHANGHAI, FixedClock, MovableClock, end_of, shanghai_day, start_of
from skills.kernel.errors import Refusal
from skills.kernel.ids import CROCKFORD, SeededSource, check_character, human_code, read_code, row_id, secret_code
from skills.kernel.keys import SECRET, SIGNING, KeyMissing, KeyRing
from skills.kernel.machines import Machine, move

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def box(source: str = "s") -> Box:
    keys = {"a": b"\1" * 32, "b": b"\2" * 32}
    return Box(keys, "b", b"\3" * 32, SeededSource(source))


class TestBox:
    @given(st.text())
    def test_opens_what_it_sealed(self, text: str) -> None:
        assert box().open(box().seal(text, "t:1:c"), "t:1:c") == text

    def test_a_value_moved_to_another_row_does_not_open(self) -> None:
        with pytest.raises(Tampered):
            box().open(box().seal("500105200301011234", "t:1:c"), "t:2:c")

    @given(st.integers(0, 10_000), st.integers(1, 255))
    def test_no_changed_byte_opens(self, where: int, change: int) -> None:
        sealed = bytearray(box().seal("500105200301011234", "t:1:c"))
        sealed[where % len(sealed)] ^= change
        with pytest.raises(Tampered):
            box().open(bytes(sealed), "t:1:c")

    def test_a_rotated_key_still_opens_old_values(self) -> None:
        old = Box({"a": b"\1" * 32}, "a", b"\3" * 32, SeededSource("x")).seal("v", "p")
        assert box().open(old, "p") == "v"

    def test_the_blind_index_depends_on_kind_value_and_key(self) -> None:
        other = Box({"a": b"\1" * 32}, "a", b"\4" * 32, SeededSource("x"))
        values = {box().blind("id", "1"), box().blind("id", "2"), box().blind("pass", "1"), other.blind("id", "1")}
        assert len(values) == 4
        assert box("other").blind("id", "1") in values

    def test_the_index_key_is_never_a_data_key(self) -> None:
        with pytest.raises(ValueError, match="index key"):
            Box({"a": b"\1" * 32}, "a", b"\1" * 32, SeededSource("x"))


class TestKeys:
    def test_every_purpose_gets_a_key_that_only_the_owner_reads(self, tmp_path: Path) -> None:
        ring = KeyRing(tmp_path / "keys")
        made = ring.create_missing(NOW, SeededSource("k"))
        assert {fact.purpose for fact in made} == {*SIGNING, *SECRET}
        assert ring.create_missing(NOW, SeededSource("k2")) == []
        for path in (tmp_path / "keys").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name

    def test_a_key_file_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        ring = KeyRing(tmp_path)
        ring.create_missing(NOW, SeededSource("k"))
        kid = ring.active("qr").kid
        (tmp_path / f"{kid}.pem").chmod(0o644)
        with pytest.raises(PermissionError):
            KeyRing(tmp_path).p256(kid).sign(b"")

    def test_rotation_keeps_the_old_key_for_verifying(self, tmp_path: Path) -> None:
        ring = KeyRing(tmp_path)
        ring.create_missing(NOW, SeededSource("k"))
        old = ring.active("qr")
        new = ring.rotate("qr", NOW + timedelta(days=1), SeededSource("k2"))
        again = KeyRing(tmp_path)
        assert again.active("qr") == new
        assert [f.kid for f in again.of("qr")] == [old.kid, new.kid]
        assert again.of("qr")[0].until
        assert again.p256(old.kid).public_key() != again.p256(new.kid).public_key()

    def test_a_stolen_key_is_marked_and_replaced(self, tmp_path: Path) -> None:
        ring = KeyRing(tmp_path)
        ring.create_missing(NOW, SeededSource("k"))
        old = ring.active("vc")
        new = ring.compromise(old.kid, NOW, SeededSource("k2"))
        assert new.kid != old.kid
        assert KeyRing(tmp_path).of("vc")[0].revoked

    def test_an_empty_ring_says_what_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(KeyMissing, match="qr"):
            KeyRing(tmp_path).active("qr")


class TestCodes:
    @given(st.integers(0, 2**40), st.integers(1, 2**30))
    def test_row_ids_sort_by_time(self, at: int, later: int) -> None:
        source = SeededSource("ids")
        base = datetime(2026, 1, 1, tzinfo=UTC)
        first = row_id(base + timedelta(milliseconds=at), source)
        second = row_id(base + timedelta(milliseconds=at + later), source)
        assert first < second
        assert len(first) == 26

    @given(st.text(alphabet=CROCKFORD, min_size=1, max_size=20), st.data())
    def test_one_wrong_character_is_noticed(self, body: str, data: st.DataObject) -> None:
        code = body + check_character(body)
        where = data.draw(st.integers(0, len(body) - 1))
        other = data.draw(st.sampled_from([c for c in CROCKFORD if c != code[where]]))
        wrong = code[:where] + other + code[where + 1 :]
        assert check_character(wrong[:-1]) != wrong[-1]

    def test_what_people_type_is_read_as_meant(self) -> None:
        code = human_code(SeededSource("c"))
        typed = " ".join(code[:-1].replace("0", "o").replace("1", "l").lower()) + "-" + code[-1]
        assert read_code(typed) == code

    def test_secret_codes_have_130_bits_and_use_the_whole_alphabet(self) -> None:
        codes = [secret_code(SeededSource(str(n))) for n in range(200)]
        assert len(set(codes)) == 200
        assert set("".join(codes)) == set(CROCKFORD)


@dataclass(frozen=True)
class Thing:
    day: date
    numbers: tuple[int, ...]


class TestCanon:
    def test_one_value_has_one_text(self) -> None:
        assert canon({"b": 1, "a": Thing(date(2026, 1, 2), (1, 2))}) == '{"a":{"day":"2026-01-02","numbers":[1,2]},"b":1}'
        assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})

    def test_the_keyed_digest_needs_its_key(self) -> None:
        assert keyed_digest(b"1" * 32, "x") != keyed_digest(b"2" * 32, "x")

    def test_files_have_no_plain_form(self, tmp_path: Path) -> None:
        with (tmp_path / "f").open("w") as file, pytest.raises(TypeError):
            canon({"file": file})


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


WORDS = {Light.RED: ("红", "red"), Light.GREEN: ("绿", "green")}


class TestMachines:
    machine = Machine("light", Light, Light.RED, move("go", Light.RED, to=Light.GREEN, means="放行 go"), words=WORDS)

    def test_a_move_that_the_table_does_not_know_is_refused_with_the_state(self) -> None:
        with pytest.raises(Refusal) as caught:
            self.machine.check("green", "go")
        assert (caught.value.code, caught.value.facts) == ("light.cannot_go", {"state": "绿", "state_en": "green"})

    def test_the_picture_shows_every_move(self) -> None:
        assert "red --> green: go" in self.machine.mermaid()
        assert [m.name for m in self.machine.open_moves("red")] == ["go"]
        assert self.machine.open_moves("green") == []

    def test_a_state_without_words_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="without words"):
            Machine("light", Light, Light.RED, words={Light.RED: ("红", "red")})


class TestTime:
    def test_the_day_changes_at_midnight_in_shanghai(self) -> None:
        assert shanghai_day(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
        assert shanghai_day(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == date(2027, 1, 1)

    @given(st.dates(date(1995, 1, 1), date(2100, 1, 1)))
    def test_a_day_lasts_from_its_start_to_its_end(self, day: date) -> None:
        assert shanghai_day(start_of(day)) == day
        assert shanghai_day(end_of(day) - timedelta(microseconds=1)) == day
        assert start_of(day).astimezone(SHANGHAI).hour == 0

    def test_a_moved_clock_is_moved_for_everyone(self, tmp_path: Path) -> None:
        one, two = MovableClock(tmp_path / "clock"), MovableClock(tmp_path / "clock")
        before = two.now()
        one.move(timedelta(days=3))
        assert timedelta(days=3) <= two.now() - before < timedelta(days=3, minutes=5)

    def test_working_days_jump_over_the_national_day_week(self) -> None:
        eve = FixedClock(datetime(2026, 9, 30, 4, 0, tzinfo=UTC))
        assert clock_step("+1workdays", eve) == timedelta(days=8)
        assert clock_step("+2days", eve) == timedelta(days=2)
        with pytest.raises(ValueError, match="say"):
            clock_step("tomorrow", eve)


class TestActors:
    actor = Actor("a", grants=frozenset({Grant("x", "org-1"), Grant("y", district="500103"), Grant("z")}))

    def test_a_grant_for_one_organisation_is_none_for_another(self) -> None:
        assert self.actor.may("x")
        assert self.actor.may("x", "org-1")
        assert not self.actor.may("x", "org-2")
        assert self.actor.may("z", "org-2")

    def test_districts_bound_a_grant(self) -> None:
        assert self.actor.districts_for("y") == {"500103"}
        assert self.actor.districts_for("z") is None
        assert self.actor.districts_for("none") == frozenset()
