"""`@pytest.mark.row(5)`: which tests show which of the sixty features, and whether they pass."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

TITLES: dict[str, str] = tomllib.loads((Path(__file__).parent / "rows.toml").read_text("utf-8"))["titles"]
BUILD = Path(__file__).parents[1] / "build"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="Print the sixty features with their tests and results.")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--rows") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(config), "rows-collector")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Let the rows of a test travel with its report, also from a worker process."""
    report = yield
    report.user_properties += [("row", n) for mark in item.iter_markers("row") for n in mark.args]
    return report


class Collector:
    """Collects results by row and prints them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.found: dict[int, dict[str, bool]] = defaultdict(dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, row in report.user_properties:
            if name == "row" and (report.when == "call" or not report.passed):
                passed = report.passed and self.found[row].get(report.nodeid, True)
                self.found[row][report.nodeid] = passed

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        lines = [self._line(int(number), title) for number, title in TITLES.items()]
        BUILD.mkdir(exist_ok=True)
        (BUILD / "rows.json").write_text(json.dumps({"rows": lines}, indent=1, ensure_ascii=False), "utf-8")
        terminalreporter.section("the sixty features")
        for line in lines:
            shown = f"{line['passed']} passed" if line["tests"] else "no test yet"
            failed = f", {line['failed']} FAILED" if line["failed"] else ""
            terminalreporter.write_line(f"{line['row']:>3}  {line['title']:<64} {shown}{failed}")
            for test in line["tests"]:
                terminalreporter.write_line(f"       {test}")
        shown_rows = sum(bool(line["tests"]) for line in lines)
        terminalreporter.write_line(f"{shown_rows} of {len(lines)} rows have a test")

    def _line(self, row: int, title: str) -> dict[str, Any]:
        results = self.found.get(row, {})
        return {
            "row": row,
            "title": title,
            "passed": sum(results.values()),
            "failed": sum(not ok for ok in results.values()),
            "tests": sorted(results),
        }
