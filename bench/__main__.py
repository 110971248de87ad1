"""`make bench`: runs every measurement, prints a table, writes build/bench.json."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from skills.start import reading

with reading():  # as every process of the house begins
    from bench import certificate, claims, exam, filing, issuing, redemption, sealing, sqlite, verify
    from bench.result import Result

MEASURES: dict[str, Callable[[], list[Result]]] = {
    "verify": verify.measure, "certificate": certificate.measure, "redemption": redemption.measure,
    "sealing": sealing.measure, "sqlite": sqlite.measure, "issuing": issuing.measure, "claims": claims.measure,
    "filing": filing.measure, "exam": exam.measure,
}  # fmt: skip
BUILD = Path(__file__).parents[1] / "build"


def main() -> int:
    """Run what is named (or all), print, write."""
    wanted = sys.argv[1:] or list(MEASURES)
    results: list[Result] = []
    for name in wanted:
        print(f"… {name}", file=sys.stderr)
        results += MEASURES[name]()
    print(f"\n{'what':<58}{'ours':>12}{'beside':>12}{'ratio':>8}{'aim':>7}   beside what")
    for r in results:
        aim = f"{r.aim:.2f}" if r.aim is not None else "–"
        print(f"{r.name:<58}{r.ours:>12,.1f}{r.beside:>12,.1f}{r.ratio:>8.2f}{aim:>7}   {r.beside_name} ({r.unit})")
    print(f"\n{os.cpu_count()} cores")
    BUILD.mkdir(exist_ok=True)
    body = {"cores": os.cpu_count(), "results": [r.plain() for r in results]}
    (BUILD / "bench.json").write_text(json.dumps(body, indent=1, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
