"""One measured line."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """`ours` beside `beside`, in `unit`. The ratio is good when it is large: work per time, never time per work."""

    name: str
    unit: str
    ours: float
    beside: float
    beside_name: str
    aim: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.beside

    def plain(self) -> dict[str, object]:
        return {**asdict(self), "ratio": round(self.ratio, 3)}
