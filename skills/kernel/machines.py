"""One state table per entity: which move leads from where to where, and what it means (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from skills.kernel.errors import Refusal


@dataclass(frozen=True)
class Move:
    """One way from some states to another. `may` is the right that its action needs."""

    name: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    means: str
    may: str = ""


def move(name: str, *sources: StrEnum, to: StrEnum, means: str, may: str = "") -> Move:
    """A line of a state table; `means` says it in both languages: "领取 taken by a named person"."""
    return Move(name, sources, to, means, may)


class Machine:
    """The life of one kind of row. `words` gives every state its name: (Chinese, English)."""

    def __init__(
        self, name: str, states: type[StrEnum], start: StrEnum, *moves: Move, words: dict[StrEnum, tuple[str, str]]
    ) -> None:
        self.name = name
        self.states = states
        self.start = start
        self.moves = {m.name: m for m in moves}
        self.words = words
        if len(self.moves) != len(moves):
            raise ValueError(f"{name}: a move is named twice")
        if missing := set(states) - set(words):
            raise ValueError(f"{name}: states without words: {sorted(missing)}")

    def check(self, state: str, name: str) -> Move:
        """The move, if it may be made from this state; else a friendly no naming the state."""
        step = self.moves[name]
        if state not in step.sources:
            zh, en = self.words[self.states(state)]
            raise Refusal(f"{self.name}.cannot_{name}", state=zh, state_en=en)
        return step

    def open_moves(self, state: str) -> Sequence[Move]:
        """The moves that may be made from this state: what a page offers."""
        return [m for m in self.moves.values() if state in m.sources]

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {s} --> {m.target}: {m.name}" for m in self.moves.values() for s in m.sources]
        return "\n".join(lines)
