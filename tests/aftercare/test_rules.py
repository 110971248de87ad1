"""Who may ask for what, which proof, when a revocation may be carried out."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.aftercare import rules
from skills.aftercare.rules import Asker, CareKind, Proof, Standing
from skills.aftercare.states import CARE, REVOCATION, CareState
from skills.standards.actions import founding_policies

GOOD = Standing("issued", printed=True, handed_out=False, open_request=False)
DAY = date(2026, 11, 23)


def missed(kind: CareKind, asker: Asker = Asker.BODY, standing: Standing = GOOD, text: str = "x", reason: str = "") -> set[str]:
    verdict = rules.may_ask(kind, asker, reason or rules.REASONS_OF[kind][0], text, standing)
    return {f.code for f in verdict.findings if not f.met}


@pytest.mark.parametrize("kind", list(CareKind))
def test_a_body_may_begin_each_and_a_holder_all_but_two(kind: CareKind) -> None:
    assert missed(kind) == set()
    asked = missed(kind, Asker.HOLDER)
    assert asked == ({"care.asker"} if kind in (CareKind.VOID, CareKind.REVOKE) else set())


@pytest.mark.parametrize(
    ("kind", "standing", "code"),
    [
        (CareKind.REPRINT, Standing("issued", False, False, False), "care.printed"),
        (CareKind.VOID, Standing("issued", True, True, False), "care.not_handed_out"),
        (CareKind.CANCEL, Standing("issued", True, True, True), "care.one_at_a_time"),
        (CareKind.CORRECT, Standing("suspended", True, True, False), "care.certificate_valid"),
        (CareKind.EXCHANGE, Standing("revoked", True, True, False), "care.certificate_lives"),
        (CareKind.REVOKE, Standing("superseded", True, True, False), "care.certificate_lives"),
    ],
)
def test_what_stands_in_the_way_is_named(kind: CareKind, standing: Standing, code: str) -> None:
    assert missed(kind, standing=standing) == {code}


def test_a_suspended_certificate_may_be_revoked_or_cancelled() -> None:
    standing = Standing("suspended", True, True, False)
    assert {k for k in CareKind if not missed(k, standing=standing)} == {CareKind.REVOKE, CareKind.CANCEL}


def test_a_reason_of_another_kind_and_an_empty_text_are_named() -> None:
    assert missed(CareKind.CANCEL, reason="fraud") == {"care.reason"}
    assert missed(CareKind.CANCEL, text=" \n") == {"care.text"}
    assert missed(CareKind.CANCEL, text="长" * 1001) == {"care.text"}


def test_every_kind_has_reasons_words_a_clock_and_proofs_that_the_policy_names() -> None:
    policies = founding_policies()
    days, proofs = policies["care.working_days"]["value"], policies["care.proofs"]["value"]
    for kind in CareKind:
        assert all(kind.words)
        assert days[kind] > 0
        for reason in rules.REASONS_OF[kind]:
            assert kind is CareKind.REVOKE or rules.read_proofs(proofs, kind, reason)


def test_a_proof_belongs_to_its_reason() -> None:
    proofs = founding_policies()["care.proofs"]["value"]
    assert [p.code for p in rules.read_proofs(proofs, CareKind.REPRINT, "lost")] == ["identity", "loss_statement"]
    assert [p.code for p in rules.read_proofs(proofs, CareKind.REPRINT, "damaged")] == ["identity", "damaged_paper"]


@given(required=st.sets(st.sampled_from("abcdef")), seen=st.sets(st.sampled_from("abcdefgh")))
def test_every_required_proof_must_be_seen_and_no_other_helps(required: set[str], seen: set[str]) -> None:
    verdict = rules.proofs_seen([Proof(c, c, c) for c in sorted(required)], seen)
    assert bool(verdict) == (required <= seen)


@given(
    answered=st.booleans(), days=st.integers(-30, 30), considered=st.sampled_from(["", "  ", "采纳"]),
)  # fmt: skip
def test_nobody_is_revoked_before_answer_or_end_of_time(answered: bool, days: int, considered: str) -> None:
    last = DAY + timedelta(days=days)
    yes = bool(rules.heard(answered, last, DAY, considered))
    assert yes == ((answered or last < DAY) and (not answered or bool(considered.strip())))


@given(*(st.sampled_from(["a", "b", "c", "d"]) for _ in range(3)))
def test_the_second_hand_is_another(decider: str, asker: str, examiner: str) -> None:
    assert bool(rules.second_hand(decider, asker, examiner)) == (decider not in (asker, examiner))


@pytest.mark.parametrize(
    ("kind", "changes", "fits"),
    [
        ("level", {"branch": "人工智能算法测试员"}, True),
        ("level", {"branch": "数据标注员"}, False),
        ("level", {"level_rank": "6"}, False),
        ("level", {"occupation_code": "4-04-05-01"}, False),
        ("level", {"issued_on": "2020-01-01"}, False),
        ("level", {"hours": "40"}, False),
        ("completion", {"hours": "40"}, True),
        ("completion", {}, False),
        ("competition", {"score": "99", "award": ""}, True),
    ],
)
def test_only_what_may_be_wrong_is_corrected(kind: str, changes: dict[str, str], fits: bool) -> None:
    held = {"branch": "数据标注员", "hours": "32", "score": "90", "award": "x"}
    assert bool(rules.changes_fit(kind, changes, held)) is fits


def test_the_two_tables_end_where_nothing_more_can_happen() -> None:
    for machine, state in product((CARE, REVOCATION), (CareState.DONE, CareState.REFUSED, CareState.WITHDRAWN)):
        assert machine.open_moves(state) == []
    assert {m.name for m in REVOCATION.open_moves(CareState.TOLD)} == {"answer", "carry_out", "refuse"}
