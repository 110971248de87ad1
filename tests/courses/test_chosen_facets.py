"""What is chosen in the catalogue can be taken out again by hand, also where it leaves nothing."""

from __future__ import annotations

import re

import pytest

from tests.courses.stage import make_stage
from tests.courses.test_views import text_of
from tests.world import World


@pytest.mark.parametrize(
    "chosen", ["mode=online", "district=500103", "occupation=4-04-05-01", "level=8", "leads_to=engineer", "section=open", "zone=none"]
)
def test_a_choice_that_leaves_nothing_has_a_chip_that_takes_it_out(lite: World, chosen: str) -> None:
    make_stage(lite)
    name, _ = chosen.split("=")
    page = text_of(lite.client().get(f"/courses?{chosen}&kind=skill"))
    assert "共 0 门课程" in page
    off = [o.replace("&amp;", "&") for o in re.findall(r'aria-current="true" href="([^"]+)"><span class="vh">去掉条件：', page)]
    assert "/courses?kind=skill" in off, (name, off)
