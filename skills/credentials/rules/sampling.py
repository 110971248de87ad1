"""A sample of certificates that nobody can steer and anybody can draw again (pure).

First the plan is put on record: the population by its digest, and how many. The seed is the root of the first head of
the log of acts that is signed over the plan's own entry. So the seed depends on the plan and on whatever else the house
did meanwhile, nobody knows it while the plan can still be changed, and the published log says which head was the first.

Every case holds one lot for each point of its weight. The key of a lot is SHA-256 over "seed, number, lot" on three
lines; a case's key is the smallest of its lots', and the cases with the smallest keys are drawn, in that order. So a
case of weight 3 is three times as likely to come first, and any program that knows SHA-256 draws the same.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from skills.kernel import merkle

HEAD = ("number", "weight")
MOST_WEIGHT = 100
MOST_CASES = 200_000
MOST_DRAWN = 200
PLANNED = "audit.plan_sample"


class NoPopulation(Exception):
    """Not a population list; the text says what is wrong."""


@dataclass(frozen=True)
class Case:
    """One certificate that may be drawn; `weight` is the number of its lots, 1 … 100."""

    number: str
    weight: int


@dataclass(frozen=True)
class Drawn:
    """A case that was drawn, with its key (64 hex digits)."""

    number: str
    weight: int
    key: str


@dataclass(frozen=True)
class Risk:
    """Points added to a weight of 1: the policy row `audit.sample_risk`.

    high_level     from 技师 upwards
    issuer         for a body that had certificates revoked for deceit or a void exam
    changed        for a certificate that was suspended, revoked or replaced
    burst          for more than `burst_size` certificates of one body on one day
    """

    high_level: int
    issuer: int
    changed: int
    burst: int
    burst_size: int


@dataclass(frozen=True)
class Facts:
    """What the weight of a certificate depends on."""

    level: int | None
    issuer_revoked: bool
    changed: bool
    same_day: int


@dataclass(frozen=True)
class Announced:
    """Where a plan stands in the log of acts.

    entry        the canonical text of its audit entry; the logged leaf is the text's SHA-256
    index        its place, from 0
    hashes       the way from the leaf to the root (hex)
    checkpoint   the first signed head that holds it
    """

    entry: str
    index: int
    hashes: tuple[str, ...]
    checkpoint: str

    def seed(self) -> str:
        """The root of the head, in base64 as the head says it. Raises ValueError."""
        return _head(self.checkpoint)[1]


def announces(said: Announced, seed: str, population_digest: str, size: int, event: str = PLANNED) -> bool:
    """Whether the entry stands under this head, the head's root is the seed, and the plan (noted as `event`) is this one."""
    try:
        held, root = _head(said.checkpoint)
        leaf = merkle.leaf_hash(hashlib.sha256(said.entry.encode()).digest())
        way = [bytes.fromhex(value) for value in said.hashes]
        if root != seed or not merkle.verify_inclusion(leaf, said.index, held, way, base64.b64decode(root, validate=True)):
            return False
        notes = json.loads(said.entry)["notes"]
    except (ValueError, KeyError, TypeError):
        return False
    planned = [note for note in notes if note.get("event") == event]
    return [(note.get("population"), note.get("size")) for note in planned] == [(population_digest, size)]


def _head(checkpoint: str) -> tuple[int, str]:
    lines = checkpoint.split("\n")
    if len(lines) < 4:
        raise ValueError("not a checkpoint")
    return int(lines[1]), lines[2]


def weight(facts: Facts, risk: Risk | None) -> int:
    """The weight of a case: 1 without regard to risk, otherwise 1 and the points that apply."""
    if risk is None:
        return 1
    points = (
        risk.high_level * (facts.level is not None and facts.level >= 5)
        + risk.issuer * facts.issuer_revoked
        + risk.changed * facts.changed
        + risk.burst * (facts.same_day > risk.burst_size)
    )
    return min(MOST_WEIGHT, 1 + points)


def key(seed: str, case: Case) -> str:
    """The smallest key among a case's lots."""
    return min(
        hashlib.sha256(f"{seed}\n{case.number}\n{lot}".encode()).hexdigest() for lot in range(1, case.weight + 1)
    )


def draw(population: Iterable[Case], seed: str, size: int) -> list[Drawn]:
    """The sample, first drawn first; all of a population that is smaller than `size`."""
    keyed = (Drawn(case.number, case.weight, key(seed, case)) for case in population)
    return nsmallest(size, keyed, key=lambda drawn: (drawn.key, drawn.number))


def write(population: Sequence[Case]) -> bytes:
    """The population as a file: head, then "number,weight" in the order of the numbers. Same cases, same bytes."""
    lines = [",".join(HEAD), *(f"{case.number},{case.weight}" for case in sorted(population, key=lambda c: c.number))]
    return ("\n".join(lines) + "\n").encode()


def digest(population: Sequence[Case]) -> str:
    """SHA-256 (hex) of the population's file: what a sample commits to."""
    return hashlib.sha256(write(population)).hexdigest()


def read(data: bytes) -> list[Case]:
    """The population of a file. Raises `NoPopulation` for anything that `write` would not have written."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("ascii"))))
        cases = [Case(number, int(points)) for number, points in rows[1:]]
    except (UnicodeDecodeError, ValueError, csv.Error) as wrong:
        raise NoPopulation(str(wrong)) from wrong
    if write(cases) != data or len({case.number for case in cases}) != len(cases):
        raise NoPopulation("not as the office writes it: head, numbers in order, each once")
    if any(not 1 <= case.weight <= MOST_WEIGHT for case in cases):
        raise NoPopulation(f"a weight is 1 to {MOST_WEIGHT}")
    return cases
