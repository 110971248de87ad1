"""The chain of revisions makes exactly the schema that the models describe, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect

from skills.kernel.db import Base, make_engine
from skills.migrations import differences, newest, stamp_of, upgrade


@pytest.fixture
def empty(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_an_empty_database_becomes_what_the_models_describe(empty: Engine) -> None:
    assert stamp_of(empty) is None
    upgrade(empty)
    assert stamp_of(empty) == newest()
    assert differences(empty) == []
    assert set(Base.metadata.tables) <= set(inspect(empty).get_table_names())


def test_upgrading_again_changes_nothing(empty: Engine) -> None:
    upgrade(empty)
    upgrade(empty)
    assert differences(empty) == []


def test_every_unique_and_partial_index_of_the_models_is_there(empty: Engine) -> None:
    upgrade(empty)
    held = inspect(empty)
    for table in Base.metadata.sorted_tables:
        there = {i["name"]: bool(i["unique"]) for i in held.get_indexes(table.name)}
        for index in table.indexes:
            assert there.get(str(index.name)) == index.unique, f"{table.name}.{index.name}"
