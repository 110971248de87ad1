"""What actions answer: frozen values, equal the first time and when the same key is sent again."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills import features
from skills.kernel.acts import ACTIONS
from skills.kernel.db import Base

features.load()
DECLARED = sorted(name for name in ACTIONS if not name.startswith("test."))


def answer_of(name: str) -> Any:
    return get_type_hints(ACTIONS[name].work)["return"]


@pytest.mark.parametrize("name", DECLARED)
def test_an_answer_is_nothing_or_frozen_and_never_a_row(name: str) -> None:
    answer = answer_of(name)
    assert ACTIONS[name].answer.json_schema() is not None  # it can be written down
    if answer is type(None):
        return
    assert is_dataclass(answer), f"{name} answers {answer}"
    assert isinstance(answer, type)
    assert answer.__dataclass_params__.frozen, f"{name}: {answer.__name__} is not frozen"  # type: ignore[attr-defined]
    assert not issubclass(answer, Base)
    assert fields(answer)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_replay_gives_an_equal_answer(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(DECLARED))
    answer = answer_of(name)
    if answer is type(None):
        return
    given_first = data.draw(st.from_type(answer))
    kept = json.loads(json.dumps(ACTIONS[name].answer.dump_python(given_first, mode="json")))
    assert ACTIONS[name].answer.validate_python(kept) == given_first, name
