"""A name is text wherever it is printed or shown: markup, templates, invisible and turning characters do nothing."""

from __future__ import annotations

import subprocess
import unicodedata
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import update

from skills.accounts.rules import Role
from skills.credentials import badge, cose, fonts, paper, queries, seal, verdicts
from skills.credentials.claims import MAX_NAME
from skills.credentials.held import claims_of, code_of, credential_of, sealed
from skills.credentials.models import Certificate
from skills.kernel.box import box_of
from skills.kernel.db import writing
from skills.kernel.errors import Refusal
from skills.people.queries import person
from skills.people.rules import check_name, normal_name, tidy_name
from tests.courses.test_views import Visitors, text_of, visitors
from tests.credentials.make_vectors import BASE, ISSUED, QR
from tests.credentials.test_actions import ABOVE, NUMBER, claims_for, issue
from tests.credentials.test_badge import signed
from tests.credentials.test_badge import verify as verify_badge
from tests.credentials.test_paper import LEVEL, sheet, words
from tests.fuzz import examples
from tests.people_and_bodies import acting, body, someone
from tests.world import World

__all__ = ["visitors"]

MARKUP = {
    "tag": "<img src=//evil.example/x onerror=alert(1)>",
    "closing": "</title></style></td><script>alert(1)</script>",
    "entity": "&lt;b&gt;&#x3c;&quot;",
    "template": "{{7*7}}{% raw %}${7*7}#{7*7}",
    "attribute": "\" onmouseover='alert(1)' x=\"`",
    "css": "} body{display:none} @import url(//evil.example)",
    "pdf": ") /JS (app.alert(1)) >> endobj (",
    "path": "../../etc/passwd\\..\\..",
    "sql": "'; DROP TABLE certificate; --",
}
TURNING = {
    "right-to-left override": "陈\u202e星宇",
    "isolate": "陈\u2067星宇\u2069",
    "mark": "陈\u200f星宇\u061c",
    "zero width": "陈\u200b星\u200d宇\ufeff",
    "soft hyphen": "陈\u00ad星宇",
    "variation": "陈\ufe0f星\U000e0101宇",
    "hangul filler": "陈\u3164星\u115f宇",
    "tag": "陈\U000e0041星宇",
}
BROKEN = {
    "lone surrogate": "陈\ud800宇", "lone low surrogate": "\udfff", "control": "陈\x00\x07星", "private": "陈\ue000",
    "unassigned": "陈\u0378", "noncharacter": "陈\uffff",
}  # fmt: skip
HALVES = {"lone surrogate", "lone low surrogate"}  # no act takes half a character: it cannot even be written down
SPACED = {"line separator": "陈\u2028星\u2029宇"}
ANY_NAME = st.text(st.characters(), max_size=61) | st.sampled_from([*(MARKUP | TURNING | BROKEN | SPACED).values()])


def all_plain(name: str) -> bool:
    """Nothing that is not seen, that turns what stands around it, or that marks up."""
    return not any(unicodedata.category(c)[0] == "C" or c in "<>{}\"&;$%\\/`=\u3164\u115f\u034f" or "\ufe00" <= c <= "\ufe0f" for c in name)


@pytest.mark.fuzz
@examples(100)
@given(ANY_NAME)
@example("\u3164")
@example("\u1160\uffa0")
@example("\u180e王")
def test_a_name_on_record_is_plain_and_stays_what_it_is(name: str) -> None:
    if check_name(name):
        kept = tidy_name(name)
        assert all_plain(kept), ascii(kept)
        assert any(unicodedata.category(c)[0] in "LN" for c in kept), "something to be seen"
        assert tidy_name(kept) == kept
        assert check_name(kept)
        assert normal_name(kept)
        kept.encode()


def test_what_is_not_seen_does_not_reach_the_record(lite: World) -> None:
    for order, name in enumerate(TURNING.values(), 1):
        who = someone(lite, order=order, name=name)
        with lite.db() as db:
            held = person(db, who.id).name
            assert (held, normal_name(held)) == ("陈星宇", "陈星宇"), ascii(name)


def test_what_is_no_name_is_refused_by_name(lite: World) -> None:
    for name in [*MARKUP.values(), "", " ", "\u200b", "王" * 41]:
        with lite.refused("name.refused"):
            someone(lite, name=name)
    for kind, name in BROKEN.items():
        with pytest.raises(ValueError) if kind in HALVES else lite.refused("name.refused"):
            someone(lite, name=name)


def test_no_certificate_is_signed_for_it(lite: World) -> None:
    who, issuer = someone(lite), body(lite)
    for kind, name in (MARKUP | TURNING | BROKEN | SPACED).items():
        for field in ("holder_name", "issuer_name", "branch", "occupation_name"):
            claims = replace(claims_for(lite, who), **{field: name[:60]})
            with pytest.raises(ValueError) if kind in HALVES else lite.refused("certificate.lint"):
                lite.perform(issue, claims=claims, person_id=who.id, issuer_id=issuer)
    lite.holds(ABOVE)


# Behind the rules: should such a name ever reach a printer or a page, it is text there too.


PAIRS = [("tag", "template"), ("closing", "entity"), ("attribute", "css"), ("pdf", "path"), ("sql", "template")]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_the_printer_draws_markup_as_letters(pair: tuple[str, str]) -> None:
    name, award = (MARKUP[kind] for kind in pair)
    kind = {"kind": "competition", "number": "JS-2026-1", "level_rank": None}
    data = paper.pdf(sheet(replace(LEVEL, holder_name=name, award=award, **kind)))
    seen = "".join(words(data).split())
    for text in (name, award):
        assert "".join(text.split()) in seen
    assert "49" not in seen
    with pikepdf.open(BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1
    assert seal.lint(seal.PdfFileReader(BytesIO(data)), "skills.example.org") == ""


@pytest.mark.fuzz
@examples(6)
@given(ANY_NAME.filter(lambda name: 0 < len(name) <= MAX_NAME))
def test_the_printer_prints_or_refuses_and_never_breaks(name: str) -> None:
    made = replace(sheet(LEVEL), claims=replace(LEVEL, holder_name=name))
    if fonts.missing(name):
        with pytest.raises(Refusal, match=r"certificate\.glyph_missing"):
            paper.pdf(made)
        return
    data = paper.pdf(made)
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    assert "职业技能等级证书" in done.stdout.decode()
    with pikepdf.open(BytesIO(data)) as pdf:
        assert pdf.attachments["credential.json"].get_file().read_bytes() == b'{"a":1}'


@pytest.mark.parametrize("length", [1, 59, 60])
def test_up_to_sixty_letters_are_printed_coded_and_read_whole(length: int) -> None:
    claims = replace(LEVEL, holder_name=("阿卜杜热合曼·" * 10)[:length])
    assert claims.holder_name in words(paper.pdf(sheet(claims)))
    message = cose.sign(cose.payload_of(claims, 4, ISSUED), QR)
    assert cose.read_payload(cose.open_signed(message, lambda _: QR.public_key()).payload).name == claims.holder_name
    assert cose.qr_symbol(cose.qr_url(BASE, claims.number, message)).version <= 20


def test_sixty_one_letters_are_no_claims() -> None:
    for field in ("holder_name", "award"):
        long = {field: "王" * (MAX_NAME + 1)} | ({"kind": "completion", "level_rank": None} if field == "award" else {})
        with pytest.raises(ValueError, match="60"):
            replace(LEVEL, **long)
    body_bytes = cose.payload_of(LEVEL, 4, ISSUED)
    body_bytes[cose.DETAILS][cose.NAME] = "王" * 61  # type: ignore[index]
    with pytest.raises(cose.NotGenuine):
        cose.read_payload(cose.open_signed(cose.sign(body_bytes, QR), lambda _: QR.public_key()).payload)


@pytest.mark.fuzz
@examples(60)
@given(ANY_NAME.filter(lambda name: 0 < len(name) <= MAX_NAME))
def test_badge_and_code_carry_a_name_exactly_or_not_at_all(name: str) -> None:
    claims = replace(LEVEL, holder_name=name)
    try:
        name.encode()
    except UnicodeEncodeError:
        with pytest.raises(ValueError):
            cose.sign(cose.payload_of(claims, 4, ISSUED), QR)
        with pytest.raises(ValueError):
            signed(badge.credential(claims, 4, ISSUED, BASE))
        return
    message = cose.sign(cose.payload_of(claims, 4, ISSUED), QR)
    keys = {cose.kid_of(QR.public_key()).hex(): verdicts.PublishedKey("qr", QR.public_key(), 0)}
    moment = int(ISSUED.timestamp())
    said = verdicts.judge(
        cose.fragment_of(message), claims.number, keys=keys, keys_fetched_at=moment, lists={}, public_base=BASE, now=moment
    )
    assert said.payload is not None
    assert said.payload.name == name
    document = verify_badge(signed(badge.credential(claims, 4, ISSUED, BASE)))
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == name


FIELDS = ("holder_name", "issuer_name", "branch", "occupation_name", "filing_number", "document_masked")


def test_every_page_shows_it_as_text(visitors: Visitors) -> None:
    """A certificate whose claims were changed in the database, for no act would write them."""
    world = visitors.world
    who, issuer = someone(world), body(world)
    world.perform(issue, claims=claims_for(world, who), person_id=who.id, issuer_id=issuer)
    world.asked = True  # that fsck finds the edit is shown elsewhere
    me = visitors.come(acting(Role.PERSON, "p", person=who.id))
    admin = visitors.come(acting(Role.BODY_ADMIN, organisation=issuer))
    for order, name in enumerate((MARKUP | TURNING | SPACED).values()):
        guest = world.client()
        guest.environ_base["REMOTE_ADDR"] = f"192.0.2.{order}"  # or the limit would answer
        with writing(world.engine) as db:
            row = db.query(Certificate).one()
            said = replace(claims_of(db, row), **dict.fromkeys(FIELDS, name))
            kept = sealed(box_of(db), row.id, row.person_id, said, credential_of(db, row), code_of(db, row))
            db.execute(update(Certificate).values({n: kept[n] for n in ("claims", "holder", "name_proof")}))
        assert world.ask(queries.certificate, NUMBER).claims.holder_name == name
        answers = {
            "wall": me.get("/me/certificates"),
            "one": me.get(f"/me/certificates/{NUMBER}"),
            "listing": admin.get("/ent/certificates"),
            "issued": admin.get(f"/ent/certificates/{NUMBER}"),
            "looked up": guest.post("/verify", data={"number": NUMBER, "name": name}),
            "typed": guest.post("/verify", data={"number": name, "name": ""}),
            "asked": guest.get("/verify", query_string={"number": name}),
        }
        pages = {where: text_of(answer, 422 if where == "typed" else 200) for where, answer in answers.items()}
        for where, page in pages.items():
            if escape(name) != name:
                assert name not in page, where
            assert "<script>alert" not in page
            assert "<img src=//" not in page
            assert not ("7*7" in name and ">49" in page)
        for where in ("one", "listing", "issued", "looked up", "asked"):
            assert str(escape(name)) in pages[where], (where, ascii(name))
