"""What a design may say and look like: the sample's fields stay, government signs nothing, colours can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.credentials.claims import Kind
from skills.credentials.rules import designs
from skills.credentials.rules.designs import FIELDS, HOUSE, PALETTES, Label, Look, contrast, may_print

KINDS: tuple[Kind, ...] = get_args(Kind)


def unmet(look: Look) -> set[str]:
    verdict = may_print(look)
    assert verdict.code == "design.refused"
    return {f.code for f in verdict.findings if not f.met}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("palette", PALETTES)
def test_what_the_house_offers_may_be_printed_in_every_palette(kind: Kind, palette: str) -> None:
    assert may_print(replace(HOUSE[kind], palette=palette))


REQUIRED = [(kind, f.name) for kind in KINDS for f in FIELDS[kind] if f.required]


@pytest.mark.parametrize(("kind", "name"), REQUIRED)
def test_a_field_of_the_sample_is_never_left_out_or_renamed(kind: Kind, name: str) -> None:
    look = HOUSE[kind]
    without = replace(look, fields=tuple(f for f in look.fields if f.name != name))
    assert unmet(without) == {"design.field_kept"}
    for other in ({"zh": "编号"}, {"en": "Whatever"}, {"zh": ""}):
        renamed = replace(look, fields=tuple(replace(f, **other) if f.name == name else f for f in look.fields))
        assert unmet(renamed) == {"design.field_named"}
    [gone] = [f for f in may_print(without).findings if not f.met]
    assert gone.clause == designs.SAMPLE


def test_optional_fields_go_and_take_other_words() -> None:
    look = HOUSE["completion"]
    assert may_print(replace(look, fields=tuple(f for f in look.fields if f.name not in ("photo", "occupation", "result", "filing"))))
    assert may_print(replace(look, fields=tuple(replace(f, zh="课时") if f.name == "result" else f for f in look.fields)))
    assert unmet(replace(look, fields=tuple(replace(f, zh="字" * 9) if f.name == "result" else f for f in look.fields))) == {
        "design.label_fits"
    }


def test_fields_are_known_and_stand_once() -> None:
    look = HOUSE["level"]
    assert unmet(replace(look, fields=(*look.fields, Label("score", "成绩", "Score")))) == {"design.fields_known"}
    assert unmet(replace(look, fields=(*look.fields, look.fields[0]))) == {"design.fields_once"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title_zh": "国家职业技能证书"}, "design.title_kept"),
        ({"statement_zh": "兹证明。"}, "design.statement_kept"),
        ({"footer": "重庆市人力社保局监制"}, "design.no_government"),
        ({"note_zh": "国家职业资格"}, "design.no_government"),
        ({"note_zh": "长" * 25}, "design.text_fits"),
        ({"footer": "\u202e倒写"}, "design.text_plain"),
        ({"footer": "a\nb"}, "design.text_plain"),
        ({"ink": "#ffd400"}, "design.contrast"),
        ({"ink": "red"}, "design.colour_shape"),
        ({"ink": "#12345"}, "design.colour_shape"),
        ({"palette": "neon"}, "design.choice_known"),
        ({"art": "unicorn"}, "design.choice_known"),
        ({"seal": "ours"}, "design.choice_known"),
    ],
)
def test_what_a_level_certificate_never_says_or_looks_like(change: dict[str, str], code: str) -> None:
    assert code in unmet(replace(HOUSE["level"], **change))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"statement_zh": "参加职业技能培训，经考核合格。"}, "design.issuer_named"),
        ({"statement_zh": "参加{issuer}和{issuer}的培训。"}, "design.issuer_named"),
        ({"statement_zh": "参加{issuer}的{course}培训。"}, "design.no_braces"),
        ({"note_zh": "等同职业技能等级证书"}, "design.no_level"),
    ],
)
def test_what_a_certificate_of_training_never_says(change: dict[str, str], code: str) -> None:
    assert code in unmet(replace(HOUSE["completion"], **change))


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from(sorted(PALETTES)))
@settings(max_examples=200, deadline=None)
def test_a_colour_of_ones_own_is_taken_exactly_when_it_can_be_read(colour: str, palette: str) -> None:
    look = replace(HOUSE["level"], palette=palette, ink=colour)
    legible = contrast(colour, PALETTES[palette].inks.paper) >= 4.5
    assert bool(may_print(look)) is legible


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
