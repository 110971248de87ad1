"""Every rule before signing refuses its bad example, and a good certificate passes them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from skills.credentials import badge, cose, fonts
from skills.credentials.characters import unfit, unfit_among
from skills.credentials.claims import MAX_NAME, NO_BRANCH, Claims
from skills.credentials.lint import Severity, ids
from skills.credentials.lint.draft import Draft, Grounds, Holder
from skills.credentials.lint.signing import BOOK
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Refusal
from skills.people.rules import DocumentKind, mask_document
from skills.standards.rules import Level
from skills.web.i18n import catalogue, tell_findings

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = shanghai_day(NOW)
BASE = "https://skills.example.org"
FILING = "S000050000123"
BRANCHES = ("数据标注员", "人工智能算法测试员")


def good(**changes: Any) -> Draft:
    """A draft that is in order; changes of claims, grounds and draft by name, the proofs made from the claims."""
    claims = Claims(
        "level", f"{FILING}263000001", "陈星宇", "居民身份证", "5001**********1234", "重庆星图软件有限公司", TODAY, FILING,
        "4-04-05-05", "人工智能训练师", "数据标注员", 4,
    )  # fmt: skip
    rest = {k: v for k, v in changes.items() if k not in vars(claims)}
    return made(replace(claims, **{k: v for k, v in changes.items() if k in vars(claims)}), **rest)


def made(claims: Claims, **changes: Any) -> Draft:
    """The draft of these claims."""
    grounds = Grounds(
        FILING, TODAY - timedelta(400), TODAY + timedelta(600), True, True, TODAY - timedelta(40), TODAY - timedelta(1),
        1, "T",
    )  # fmt: skip
    index = changes.get("status_index", 94_567)
    try:
        payload = cbor2.dumps(cose.payload_of(claims, index, NOW), canonical=True)
    except ValueError:
        payload = b""
    draft = Draft(
        claims=claims, at=NOW, public_base=BASE, status_index=index, places=131_072, payload=payload,
        badge=badge.credential(claims, max(index, 0), NOW, BASE),
        holder=Holder("陈星宇", date(2003, 1, 1), "居民身份证", "5001**********1234", True), issuer_name="重庆星图软件有限公司",
        specimen=True, least_age=16, catalogue=("人工智能训练师", "skill", BRANCHES),
        grounds=replace(grounds, **{k: v for k, v in changes.items() if k in vars(grounds)}),
    )  # fmt: skip
    return replace(draft, **{k: v for k, v in changes.items() if k in vars(draft)})


def other(**changes: Any) -> Draft:
    """A certificate of completion."""
    values = {
        "kind": "completion",
        "number": "PX-2026-0008812",
        "level_rank": None,
        "award": "软件测试工程实践",
        "hours": "120 学时",
    }
    return good(**{"grounds": None, "filing_number": "", **values, **changes})


@cache
def photo(width: int = 295, height: int = 413, form: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#e8c4a8").save(out, form)
    return out.getvalue()


def with_badge(change: Callable[[dict[str, Any]], None], **changes: Any) -> Draft:
    draft = good(**changes)
    document = badge.credential(draft.claims, draft.status_index, NOW, BASE)
    change(document)
    return replace(draft, badge=document)


def digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def payload(**changes: Any) -> bytes:
    held = good()
    return cbor2.dumps(cose.payload_of(replace(held.claims, **changes), held.status_index, NOW), canonical=True)


YESTERDAY, LONG_AGO = TODAY - timedelta(1), TODAY - timedelta(2000)
BAD: dict[str, list[Callable[[], Draft]]] = {
    "L001": [
        lambda: good(holder_name="买买提・艾力"),
        lambda: good(holder_name="陈  星"),
    ],
    "L002": [
        lambda: good(holder_name="陈<b>星"),
        lambda: good(holder_name="{{7*7}}"),
        lambda: good(holder_name="王" * 41),
    ],
    "L003": [lambda: good(holder_name="陈星雨")],
    "L004": [
        lambda: good(holder_name="陈\u202e星"),
        lambda: good(issuer_name="星图\x07"),
        lambda: good(branch="数据\u2067标注员"),
    ],
    "L005": [lambda: good(holder_name="陈\ue001"), lambda: good(occupation_name="训练师\U000e0fff")],
    "L006": [lambda: good(lost=("\U0003ffff",))],
    "L007": [lambda: good(issuer_name=" 重庆星图软件有限公司"), lambda: other(award="软件  测试")],
    "L008": [
        lambda: other(award="软件<script>"),
        lambda: other(award="{{7*7}}"),
        lambda: good(issuer_name="星图&nbsp;公司"),
    ],
    "L009": [lambda: good(issuer_name="重庆市星图公司")],
    "L010": [lambda: good(document_kind="学生证")],
    "L011": [lambda: good(document_masked="5001**********9999"), lambda: good(document_masked="500105200301011234")],
    "L012": [lambda: good(specimen=False)],
    "L013": [lambda: good(level_rank=1), lambda: good(level_rank=8)],
    "L014": [lambda: good(branch="—"), lambda: good(branch="无"), lambda: good(branch=" ")],
    "L015": [lambda: good(occupation_code="4-04-05"), lambda: good(occupation_code="４-04-05-05")],
    "L016": [lambda: good(occupation_name="人工智能训练员"), lambda: good(catalogue=None)],
    "L017": [lambda: good(branch="宠物训练师")],
    "L018": [lambda: good(catalogue=("人工智能训练师", "professional", BRANCHES))],
    "L019": [lambda: other(award="人工智能训练师三级/高级工证书")],
    "L020": [lambda: other(hours="")],
    "L021": [lambda: good(number="S00005000012326300001"), lambda: good(number=f"{FILING}-26-3-000001")],
    "L022": [lambda: good(number="S000050000124263000001"), lambda: good(number="X1")],
    "L023": [lambda: good(number=f"{FILING}253000001")],
    "L024": [
        lambda: good(number=f"{FILING}264000001"),
        lambda: good(level_rank=7),
        lambda: good(level_rank=7, number=f"{FILING}26X000001"),
    ],
    "L025": [lambda: good(sequence=2), lambda: good(number=f"{FILING}263000000", sequence=0)],
    "L026": [lambda: other(number=f"{FILING}263000001")],
    "L027": [lambda: other(number="px-2026-1"), lambda: other(number="P" * 41)],
    "L028": [lambda: good(issued_on=TODAY + timedelta(1)), lambda: good(issued_on=YESTERDAY)],
    "L029": [lambda: good(notice_to=TODAY), lambda: good(notice_to=TODAY + timedelta(3))],
    "L030": [lambda: good(examined_on=TODAY + timedelta(1))],
    "L031": [lambda: good(examined_on=LONG_AGO, filed_from=LONG_AGO)],
    "L032": [lambda: good(expires_on=TODAY)],
    "L033": [lambda: good(expires_on=TODAY.replace(year=2126))],
    "L034": [lambda: good(holder=replace(good().holder, birth=TODAY.replace(year=2011)))],
    "L035": [
        lambda: good(holder=replace(good().holder, birth=TODAY + timedelta(1))),
        lambda: good(holder=replace(good().holder, birth=date(1900, 1, 1))),
    ],
    "L036": [lambda: good(grounds=None)],
    "L037": [
        lambda: good(filing_number="S00005000012"),
        lambda: good(filing_number=""),
        lambda: other(filing_number="渝备1号"),
    ],
    "L038": [lambda: good(filing_number="S000050000124")],
    "L039": [lambda: good(in_force=False), lambda: good(filed_to=TODAY - timedelta(41)), lambda: good(filed_from=None)],
    "L040": [lambda: good(filed_to=TODAY - timedelta(2))],
    "L041": [lambda: good(covers=False)],
    "L042": [lambda: good(status_index=131_072), lambda: replace(good(), status_index=-1)],
    "L043": [
        lambda: good(payload=payload(holder_name="陈星雨")),
        lambda: good(payload=payload(level_rank=5)),
        lambda: good(payload=b"\xff"),
        lambda: replace(good(), status_index=5),
    ],
    "L044": [lambda: good(public_base="https://" + "a" * 500 + ".example.org")],
    "L045": [
        lambda: with_badge(lambda b: b.update(id=f"{BASE}/v/X")),
        lambda: with_badge(lambda b: b["credentialStatus"][0].update(statusListIndex="7")),
    ],
    "L046": [
        lambda: with_badge(lambda b: b["issuer"].update(url="https://evil.example")),
        lambda: with_badge(lambda b: b["issuer"].update(id="did:web:evil.example")),
        lambda: other(award="见http://evil.example"),
    ],
    "L047": [lambda: good(issuer_name="星图500105200301011234")],
    "L048": [lambda: good(photo=photo()), lambda: good(photo_digest="00" * 32)],
    "L049": [lambda: good(photo=b"GIF89a", photo_digest=digest(b"GIF89a"))],
    "L050": [
        lambda: good(photo=photo(100, 140), photo_digest=digest(photo(100, 140))),
        lambda: good(photo=photo(600, 600), photo_digest=digest(photo(600, 600))),
    ],
    "L051": [lambda: good(replaces=f"{FILING}263000001")],
}


@pytest.mark.parametrize(("rule", "number"), [(rule, n) for rule, bad in BAD.items() for n in range(len(bad))])
def test_a_rule_finds_its_bad_example(rule: str, number: int) -> None:
    report = BOOK.look(BAD[rule][number]())
    held = report.refused if BOOK.rules[rule].severity is Severity.REFUSE else report.warned
    assert rule in ids(held)


TEXT_RULES = ("L004", "L005", "L006", "L007", "L008", "L046", "L047")


@given(
    st.text(st.one_of(st.characters(), st.sampled_from("<>{}&#; 王\u3000\U0002b3f7"), st.sampled_from("ap:/."), st.sampled_from("0123456789Xx")),
            min_size=1, max_size=40)
)  # fmt: skip
@example("R&amp;D 入门")
@example("见 https://example.com/a")
@example("学员 500112200101150013")
@example("入门 \n")
@example("\u3000入门")
@example("C  入门")
def test_whoever_writes_a_text_is_told_whatever_the_linter_would_refuse_in_it(text: str) -> None:
    draft = other(award=text, lost=tuple(fonts.missing(text)))
    refused = [rule for rule in TEXT_RULES if BOOK.rules[rule].look(draft) is not None]
    assert bool(unfit(text)) == bool(refused), (unfit(text), refused)
    assert unfit_among({"a": "王", "b": text}) == ({"b": unfit(text)} if refused else {})


def test_every_rule_has_a_bad_example_and_its_words() -> None:
    assert set(BAD) == set(BOOK.rules)
    assert len(BOOK.rules) >= 40
    assert {rule.code for rule in BOOK.rules.values()} <= set(catalogue())


@pytest.mark.parametrize("rule", sorted(BAD))
def test_a_finding_fills_its_sentence(rule: str) -> None:
    findings = BOOK.look(BAD[rule][0]())
    for lang in ("zh", "en"):
        for told in tell_findings((*findings.refused, *findings.warned), lang):
            assert "〔" not in told.text, told
            assert told.todo


def test_a_refusal_names_everything_that_is_wrong_at_once() -> None:
    report = BOOK.look(good(issuer_name="星图<b>", number=f"{FILING}254000001", expires_on=TODAY.replace(year=2126)))
    with pytest.raises(Refusal) as no:
        report.or_refuse("certificate.lint")
    assert {"L008", "L009", "L023", "L024", "L033"} <= set(ids(no.value.findings))
    assert no.value.facts["count"] == len(report.refused)


def test_a_warning_alone_refuses_nothing() -> None:
    report = BOOK.look(other(hours=""))
    assert (report.refused, report.ids) == ((), ("L020",))
    report.or_refuse("certificate.lint")


def test_findings_hold_no_name_and_no_document_number() -> None:
    for bad in BAD.values():
        for make in bad:
            draft = make()
            report = BOOK.look(draft)
            said = repr([dict(f.facts) for f in (*report.refused, *report.warned)])
            assert draft.holder.name not in said
            assert "200301011234" not in said


SLOWLY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
HAN = "陈王李张刘赵艾力江买提古丽娜热合曼欧阳䶮㛃玥"
NAMES = st.one_of(
    st.text(HAN, min_size=1, max_size=12),
    st.builds("{}·{}".format, st.text(HAN, min_size=1, max_size=8), st.text(HAN, min_size=1, max_size=8)),
    st.builds("{} {}".format, st.sampled_from(["José", "Maria", "Łucja"]), st.sampled_from(["Ñandú", "Smith", "Öz"])),
)
DOCUMENTS = st.text("0123456789ABX", min_size=8, max_size=18)
NUMBERED = st.sampled_from([level for level in Level if level.examined or level is Level.SPECIAL])


@SLOWLY
@given(
    name=NAMES, level=NUMBERED, sequence=st.integers(1, 999_999), index=st.integers(0, 131_071),
    branch=st.sampled_from([NO_BRANCH, *BRANCHES]), age=st.integers(16, 100), ago=st.integers(2, 900),
    kind=st.sampled_from(list(DocumentKind)), document=DOCUMENTS,
    life=st.none() | st.integers(1, 10_000), pictured=st.booleans(),
)  # fmt: skip
def test_a_good_certificate_passes(
    name: str, level: Level, sequence: int, index: int, branch: str, age: int, ago: int, kind: DocumentKind,
    document: str, life: int | None, pictured: bool,
) -> None:  # fmt: skip
    held = TODAY - timedelta(ago)
    masked = mask_document(document)
    mark = level.digit or "T"
    draft = good(
        holder_name=name[:MAX_NAME], number=f"{FILING}26{mark}{sequence:06d}", level_rank=int(level), sequence=sequence,
        status_index=index, branch=branch, document_kind=kind.words[0], document_masked=masked, examined_on=held,
        filed_from=held - timedelta(1), filed_to=TODAY, notice_to=YESTERDAY,
        expires_on=TODAY + timedelta(life) if life else None, photo=photo() if pictured else None,
        photo_digest=digest(photo()) if pictured else "",
        holder=Holder(name[:MAX_NAME], date(held.year - age, 1, 1), kind.words[0], masked, True),
    )  # fmt: skip
    assert BOOK.look(draft).ids == ()


@SLOWLY
@given(
    name=NAMES, kind=st.sampled_from(["completion", "competition"]), serial=st.integers(1, 9_999_999),
    award=st.text(HAN, min_size=1, max_size=30),
)  # fmt: skip
def test_good_certificates_of_the_other_kinds_pass(name: str, kind: str, serial: int, award: str) -> None:
    draft = other(
        kind=kind, number=f"PX-2026-{serial:07d}", holder_name=name, award=award,
        holder=replace(good().holder, name=name),
    )  # fmt: skip
    assert BOOK.look(draft).ids == ()
