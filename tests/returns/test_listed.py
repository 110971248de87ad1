"""Every code that a return can ever show stands on the page of rules and in its API: read from the code, not from a list."""

from __future__ import annotations

import pytest

from skills import features
from skills.returns.kinds import KINDS
from skills.returns.rules import COMMON, REFUSED, Severity
from skills.web.i18n import catalogue
from tests.returns import codes
from tests.world import World

pytestmark = pytest.mark.row(57)
features.load()
OURS = sorted(KINDS)
EVERY = {rule.code for rule in COMMON}


def test_what_is_said_of_files_and_rows_of_every_kind_is_listed() -> None:
    assert codes.of_files() | codes.of_checks() == EVERY
    assert len(codes.of_files()) == 15
    assert {rule.code for rule in COMMON if rule.severity is Severity.FAIL} >= codes.of_files()


def test_what_may_be_refused_of_every_kind_when_it_is_applied_is_listed() -> None:
    assert codes.of_acts() == set(REFUSED)


@pytest.mark.parametrize("name", OURS)
def test_what_a_kind_finds_is_listed(name: str) -> None:
    assert codes.of_checks(KINDS[name]) - EVERY == {rule.code for rule in KINDS[name].rules}


@pytest.mark.parametrize("name", OURS)
def test_what_a_kind_refuses_when_it_is_applied_is_listed(name: str) -> None:
    kind = KINDS[name]
    told = {rule.code for rule in kind.rules} | EVERY | set(REFUSED)
    assert codes.of_acts(kind) - told == set(kind.refused)


def test_the_page_and_the_api_say_all_of_it_in_both_languages(lite: World) -> None:
    listed = EVERY | set(REFUSED) | {c for kind in KINDS.values() for c in (*(r.code for r in kind.rules), *kind.refused)}
    api: list[dict[str, str]] = lite.client().get("/api/v1/returns/rules?limit=500").json
    assert {rule["code"] for rule in api} == listed
    assert len({(r["kind"], r["code"], r["column"]) for r in api}) == len(api)
    pages = {}
    for lang in ("zh", "en"):
        client = lite.client()
        client.set_cookie("lang", lang, domain="localhost")
        pages[lang] = client.get("/returns/rules").text
    for rule in api:
        assert f">{rule['code']}<" in pages["zh"]
        for lang in ("zh", "en"):
            assert rule[lang], rule
            assert rule[f"{lang}_do"], rule
            assert "〔" not in rule[lang] + rule[f"{lang}_do"]
            assert catalogue()[rule["code"]][lang].partition("{")[0] in rule[lang]
    assert "表格里有合并的单元格" in pages["zh"]
    assert "The sheet has merged cells" in pages["en"]
