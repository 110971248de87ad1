"""What becomes of rows that stand already: corrected, made void, asked about; and when that takes two people (pure)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from skills.kernel.findings import Finding, Verdict, all_of

LONGEST = 200  # characters of a reason


class Answer(StrEnum):
    """What the sender says of a row that is close to one that stands."""

    CORRECT = "correct"
    NEW = "new"
    LEAVE = "leave"

    @property
    def words(self) -> tuple[str, str]:
        """Chinese and English."""
        return {
            "correct": ("是更正", "A correction"), "new": ("是另一条新记录", "A new entry"), "leave": ("不报这一行", "Leave this row out"),
        }[self.value]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """An entry that stands already and that a row may mean.

    column  "" if the row is about this very entry; else the key column in which the two differ, all else being equal
    cents   the money that stands behind it, in 分
    anew    what would become payable if it were reported for the first time now
    """

    row: int
    source: str
    column: str
    cents: int = 0
    anew: int = 0


@dataclass(frozen=True)
class Stake:
    """An entry as it is shown before it is touched: where it belongs, whose it is, what it says, and its money in 分."""

    source: str
    scope: str
    name: str
    what: tuple[str, str]
    cents: int
    paid: bool = False


@dataclass(frozen=True)
class Amount:
    """How many entries of a scope, and the money behind them in 分."""

    rows: int
    cents: int


@dataclass(frozen=True)
class Why:
    """Behind a change: its id, the reason given, and who wants it (an account)."""

    change_id: str
    reason: str
    account: str


@dataclass(frozen=True)
class Followed:
    """What a change came to.

    waits   id of the request about the certificate that must end first; empty: it is done
    number  that request's number, for people
    cents   what became payable by it, in 分
    """

    waits: str = ""
    number: str = ""
    cents: int = 0
    person_id: str | None = None


@dataclass(frozen=True)
class Amends:
    """What a kind knows of its entries once they stand. `source` names an entry, as in `Applied`.

    keys      columns that say which entry a row is about
    find      (desk, lines, facts) → the entries that these rows are about, or nearly
    reopened  (facts, source → what it is worth anew) → the facts as if these entries had not been reported
    standing  (desk, scopes) → sources of what stands in these scopes: classes, say
    stands    (desk, scopes) → how many they are
    amounts   (database, SELECT of sources) → scope → the sum of these entries there; none of them is read
    stakes    (database, sources) → each as it is shown
    scope     line → its scope
    correct   (act, organisation, line, source, why, carried_out) → Followed; again with carried_out once the request has ended
    void      (act, organisation, source, why, carried_out) → Followed
    dropped   (act, source, why): a request was refused, so that the entry stays as it stands
    """

    keys: tuple[str, ...]
    find: Callable[[Any, Sequence[Any], Any], Sequence[Standing]]
    reopened: Callable[[Any, Mapping[str, int]], Any]
    standing: Callable[[Any, Collection[str]], Collection[str]]
    stands: Callable[[Any, Collection[str]], int]
    amounts: Callable[[Any, Any], Mapping[str, Amount]]
    stakes: Callable[[Any, Collection[str]], Mapping[str, Stake]]
    scope: Callable[[Any], str]
    correct: Callable[..., Followed]
    void: Callable[..., Followed]
    dropped: Callable[[Any, str, Why], None]


@dataclass(frozen=True)
class Removal:
    """What would be taken away, beside what stands in the same scopes. Money in 分.

    earlier  rows that were taken away there before by one person alone: many small removals are one large one
    """

    rows: int
    stands: int
    cents: int
    percent: int = 0
    scopes: tuple[str, ...] = field(default_factory=tuple)
    earlier: int = 0

    @property
    def needs_two(self) -> bool:
        """Whether more than the policy's share of what stands would go."""
        return needs_two(self.rows, self.stands, self.earlier, self.percent)


def needs_two(rows: int, stands: int, earlier: int, percent: int) -> bool:
    """Whether so many rows of so many, with those that one person alone took before, are more than the share in per cent."""
    return (rows + earlier) * 100 > percent * (stands + earlier)


def may_confirm(asked_by: str, account: str) -> Verdict:
    """A removal is confirmed by another person than the one who asked for it."""
    return all_of("removal.own_work", [Finding("removal.two_people", asked_by != account)])


def reason_given(text: str) -> Verdict:
    """A change has a reason, short enough to be read."""
    words = text.strip()
    return all_of("change.reason_needed", [Finding("change.reason", 0 < len(words) <= LONGEST, facts={"most": LONGEST})], most=LONGEST)


def may_answer(column: str, answer: Answer) -> Verdict:
    """About the very entry a row is a correction or left out; it can only be new if it differs in a key column."""
    return all_of("change.answer_unfit", [Finding("change.answer", bool(column) or answer is not Answer.NEW)])
