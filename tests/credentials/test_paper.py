"""The paper: one page, small, readable by cameras and people, complete, and sealed so that any change shows."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image, ImageDraw

from skills.credentials import cose, fonts, paper, seal
from skills.credentials.claims import Claims, level_words
from skills.credentials.rules.designs import ARTS, HOUSE, PALETTES, all_labels
from skills.kernel import keyfiles
from skills.kernel.errors import Refusal
from skills.kernel.keyfiles import SoftKey

BASE = "https://skills.example.org"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
QR = SoftKey(ec.derive_private_key(11, ec.SECP256R1()))
LEVEL = Claims(
    "level",
    "S000050001862263000412",
    "陈星宇",
    "居民身份证",
    "500105********1234",
    "重庆星图软件人才评价中心",
    date(2026, 11, 20),
    filing_number="S000050001862",
    occupation_code="4-04-05-05",
    occupation_name="人工智能训练师",
    branch="数据标注员",
    level_rank=4,
)
COMPLETION = replace(
    LEVEL,
    kind="completion",
    number="PX-2026-0008812",
    level_rank=None,
    award="软件测试工程实践",
    hours="120 学时",
    score="88 分",
)
COMPETITION = replace(
    LEVEL, kind="competition", number="JS-2026-312", level_rank=None, award="数字技能大赛 一等奖", score="第 1 名"
)
KINDS = {"level": LEVEL, "completion": COMPLETION, "competition": COMPETITION}


@cache
def photo() -> bytes:
    picture = Image.effect_noise((295, 413), 30).convert("RGB")
    ImageDraw.Draw(picture).ellipse((80, 80, 215, 260), fill="#e8c4a8")
    out = BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def sheet(claims: Claims, **other: object) -> paper.Sheet:
    message = cose.sign(cose.payload_of(claims, 94567, NOW), QR)
    made = paper.Sheet(claims, message, BASE, b'{"a":1}', b'{"b":2}', NOW, photo=photo())
    return replace(made, **other)  # type: ignore[arg-type]


@cache
def printed(kind: str) -> bytes:
    return paper.pdf(sheet(KINDS[kind], document_number="500105199808171234"))


def words(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_camera_reads_the_code_from_a_plain_print(kind: str, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(printed(kind))
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", "c.pdf", "c"], cwd=tmp_path, check=True)
    codes = zxingcpp.read_barcodes(Image.open(tmp_path / "c.png"))
    assert [c.text for c in codes] == [cose.qr_url(BASE, KINDS[kind].number, sheet(KINDS[kind]).message)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_one_small_archival_page_with_its_proofs_inside(kind: str) -> None:
    data = printed(kind)
    assert len(data) <= 150_000
    with pikepdf.open(BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1
        width, height = (float(v) for v in pdf.pages[0].mediabox[2:])
        assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (297, 210)
        assert pdf.attachments["credential.json"].get_file().read_bytes() == b'{"a":1}'
        assert pdf.attachments["receipt.json"].get_file().read_bytes() == b'{"b":2}'
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "U")
        used = {str(font.BaseFont).split("+")[1] for font in pdf.pages[0].Resources.Font.values()}
        assert all(name.startswith("Paper") for name in used), "a whole system font slipped in"


def test_the_same_certificate_prints_to_the_same_bytes() -> None:
    assert paper.pdf(sheet(LEVEL)) == paper.pdf(sheet(LEVEL))


def test_the_level_certificate_holds_what_the_rules_require() -> None:
    text = words(printed("level"))
    for wanted in (
        "职业技能等级证书", "陈星宇", "居民身份证", "500105199808171234", "人工智能训练师", "数据标注员",
        "三级/高级工", "2026年11月20日", "重庆星图软件人才评价中心", "职业技能等级（岗位）序列",
    ):  # fmt: skip
        assert wanted in text
    assert "S000050001862263000412" in "".join(text.split())
    assert "核验码" not in text
    assert "osta.org.cn" not in text
    assert "人力" not in text
    assert "演示样本" not in text


def test_query_sites_are_printed_only_for_bodies_whose_uploads_are_confirmed() -> None:
    text = words(paper.pdf(sheet(LEVEL, national_query=True)))
    assert "jndj.osta.org.cn" in text
    assert "pjjg.osta.org.cn" in text


def test_a_share_copy_masks_the_document_number() -> None:
    text = words(paper.pdf(sheet(LEVEL)))
    assert "500105********1234" in text
    assert "199808171234" not in text


def test_a_completion_certificate_says_what_it_is_not() -> None:
    text = words(printed("completion"))
    assert "不代表职业技能等级" in text
    assert "职业技能等级证书" not in text
    assert "120 学时" in text


def test_a_specimen_says_so_and_no_other_certificate_draws_a_seal() -> None:
    text = words(paper.pdf(sheet(LEVEL, synthetic=True)))
    assert "演示样本，非有效证书" in text
    assert "证书专用章" in text
    assert "证书专用章" not in words(printed("level"))


def test_an_occupation_without_branch_prints_two_hyphens() -> None:
    assert "--" in words(paper.pdf(sheet(replace(LEVEL, branch="--"))))
    with pytest.raises(ValueError, match="never nothing"):
        replace(LEVEL, branch="")


@pytest.mark.parametrize("rank", range(1, 9))
def test_every_level_fits_on_the_page(rank: int) -> None:
    text = words(paper.pdf(sheet(replace(LEVEL, level_rank=rank))))
    assert level_words(rank, LEVEL.issued_on) in text


def _blanked(html: str) -> str:
    """A page without what stands in its elements marked data-vary, nor its metadata."""
    html = re.sub(r"<title>.*?</title>|<meta name=[^>]*>", "", html)
    html = re.sub(r'<img data-vary="(\w+)"[^>]*>', r"[\1]", html)
    return re.sub(r'<(span|p) data-vary="(\w+)".*?</\1>(?=<span data-vary|</div>|\n)', r"[\2]", html)


@pytest.mark.parametrize("kind", KINDS)
def test_two_sheets_of_a_design_differ_only_where_the_template_says_so(kind: str) -> None:
    one = sheet(KINDS[kind])
    other = replace(one, claims=replace(
        one.claims, holder_name="阿卜杜热合曼·艾力江", number=KINDS[kind].number[:-1] + "7", document_masked="H1234****",
        document_kind="港澳居民来往内地通行证", occupation_name="软件测试员", expires_on=date(2030, 1, 1),
    ), message=b"x" * 180, made_at=NOW + timedelta(days=1))  # fmt: skip
    pages = [paper.layout(paper.design_of(s)).html(paper.fill(s)) for s in (one, other)]
    assert pages[0] != pages[1]
    assert _blanked(pages[0]) == _blanked(pages[1])
    assert {"[name]", "[number]", "[date]", "[qr]", "[photo]"} <= set(re.findall(r"\[\w+\]", _blanked(pages[0]))) | {"[photo]"}


@pytest.mark.parametrize(("palette", "art"), list(zip(PALETTES, [*ARTS, *ARTS], strict=True)))
def test_every_palette_and_drawing_prints(palette: str, art: str) -> None:
    look = replace(HOUSE["completion"], palette=palette, art=art)
    data = paper.pdf(sheet(COMPLETION, look=look, photo=None))
    assert len(data) <= 150_000
    assert "陈星宇" in words(data)


def test_a_preview_says_so_across_the_page_and_a_design_prints_its_own_words() -> None:
    fields = tuple(replace(f, zh="训练项目小结") if f.name == "result" else f for f in all_labels("completion"))
    look = replace(HOUSE["completion"], fields=fields, note_zh="祝前程似锦。", footer="咨询电话 023-12333", title_en="CERTIFICATE")
    text = words(paper.pdf(sheet(COMPLETION, look=look, preview="样张")))
    for wanted in ("样张", "训练项目小结", "祝前程似锦", "023-12333", "本证书不代表职业技能等级"):
        assert wanted in text
    bare = replace(look, fields=tuple(f for f in all_labels("completion") if f.name not in ("result", "filing", "occupation")))
    text = words(paper.pdf(sheet(COMPLETION, look=bare)))
    assert "学时与成绩" not in text
    assert "备案编号" not in text


def test_a_design_of_another_kind_prints_nothing() -> None:
    with pytest.raises(ValueError, match="prints no level"):
        paper.pdf(sheet(LEVEL, look=HOUSE["completion"]))


@pytest.mark.parametrize("name", ["㛃䶮𠮷", "阿卜杜热合曼·艾力江", "王" * 40, "José Ñandú", "阿" * 60])
def test_rare_and_long_names_are_printed_whole(name: str) -> None:
    data = paper.pdf(sheet(replace(LEVEL, holder_name=name)))
    assert name in words(data)
    assert len(pikepdf.open(BytesIO(data)).pages) == 1


def test_a_character_that_no_font_draws_is_refused_by_name() -> None:
    assert fonts.missing("王\U0003ffff") == ["\U0003ffff"]
    with pytest.raises(Refusal) as no:
        paper.pdf(sheet(replace(LEVEL, holder_name="王\U0003fffd")))
    assert no.value.code == "certificate.glyph_missing"
    assert no.value.facts["code_points"] == "U+3FFFD"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "file:///etc/passwd",
        "data:image/png;base64,AA",
        "asset:other",
        "ftp://x/y",
        "relative.png",
    ],
)
def test_nothing_but_its_own_assets_is_ever_fetched(url: str) -> None:
    fetcher = paper.AssetFetcher({"qr": ("image/png", b"x")})
    with pytest.raises(paper.Blocked):
        fetcher.fetch(url)
    assert fetcher.fetch("asset:qr").read() == b"x"


@pytest.mark.parametrize(
    "part", ['<img src="http://127.0.0.1:9/x.png">', '<link rel="stylesheet" href="file:///etc/passwd">']
)
def test_a_page_that_asks_for_more_is_an_ordinary_error(part: str) -> None:
    class Rogue(paper.Layout):
        def html(self, filled: paper.Fill) -> str:
            return f"<!doctype html><body>{part}x"

    made = sheet(LEVEL)
    ready = paper.layout(paper.design_of(made))
    with pytest.raises(ValueError, match="the page asks for"):
        paper.print_page(Rogue(**vars(ready)), paper.fill(made))


def test_a_name_is_text_and_never_markup() -> None:
    assert "<img src=//x>" in words(paper.pdf(sheet(replace(LEVEL, holder_name="<img src=//x>"))))


ROOT_KEY, SEAL_KEY = (ec.derive_private_key(n, ec.SECP256R1()) for n in (21, 22))
ROOT = keyfiles.make_root(ROOT_KEY, "满天星 文件根证书", NOW, 1)
SEAL = keyfiles.make_seal_certificate(SEAL_KEY.public_key(), "满天星 证书章", ROOT, ROOT_KEY, NOW, 2)


@cache
def sealed() -> bytes:
    return seal.seal(printed("level"), SoftKey(SEAL_KEY), SEAL, ROOT, NOW, LEVEL.number)


def check(data: bytes) -> seal.Check:
    return seal.check_pdf(data, ROOT, "skills.example.org", NOW + timedelta(days=30))


def test_a_sealed_certificate_is_intact() -> None:
    assert check(sealed()) == seal.Check(True, "", NOW)


def test_another_reader_agrees(tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(sealed())
    out = subprocess.run(["pdfsig", "-nocert", "c.pdf"], cwd=tmp_path, capture_output=True, check=True).stdout.decode()
    assert "Signature is Valid" in out
    assert "Total document signed" in out
    assert "ETSI.CAdES.detached" in out


def test_any_change_to_a_sealed_certificate_shows() -> None:
    whole = sealed()
    assert check(printed("level")).reason == "no_seal"
    assert check(whole + b"\n% more\n").reason == "appended"
    assert check(b"%PDF-1.7").reason == "not_pdf"
    for at in range(100, len(whole), len(whole) // 40):
        changed = bytearray(whole)
        changed[at] ^= 1
        assert not check(bytes(changed)).intact, at


def test_a_seal_under_a_strangers_root_is_not_trusted() -> None:
    stranger = keyfiles.make_root(SEAL_KEY, "满天星 文件根证书", NOW, 1)
    assert seal.check_pdf(sealed(), stranger, "skills.example.org", NOW).reason == "untrusted"


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"/S": "/JavaScript", "/JS": "app.alert(1)"}, "active_content"),
        ({"/S": "/Launch", "/F": "calc"}, "active_content"),
        ({"/S": "/URI", "/URI": "https://evil.example/"}, "foreign_link"),
    ],
)
def test_active_content_and_foreign_links_are_found(action: dict[str, str], reason: str) -> None:
    with pikepdf.open(BytesIO(printed("level"))) as pdf:
        made = pikepdf.Dictionary({k: pikepdf.Name(v) if k == "/S" else pikepdf.String(v) for k, v in action.items()})
        annot = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=made)
        pdf.pages[0].Annots = pdf.make_indirect([pdf.make_indirect(annot)])
        out = BytesIO()
        pdf.save(out)
    assert check(out.getvalue()).reason == reason
