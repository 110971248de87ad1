"""Every code that a return can show, read from the code itself: followed from where files are read, judged and applied."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from skills.kernel.acts import Action, Office
from skills.kernel.db import Base
from skills.kernel.machines import Machine
from skills.returns import actions, intake, queries
from skills.returns.actions import background, changes, removals
from skills.returns.rules import Kind, cells
from skills.web.i18n import catalogue

READERS = (cells.as_date, cells.as_decimal, cells.as_percent, cells.one_of)
FOUND = {"CellFinding": 2, "CellFault": 0}  # which argument is the code
REFUSED = {"Refusal": 0, "Missing": 0}  # the system applies: no right is ever lacking, and what is busy is tried again
VERDICTS = {"all_of": 0, "any_of": 0, "no_fault": 0, "Verdict": 1}
CONDITIONS = {*REFUSED, *VERDICTS, "Finding"}  # of other rooms: no findings at a cell


def of_files() -> set[str]:
    """What is said of a file that cannot be read."""
    return {c for c in _codes(_reached([intake.order_of, intake.rows_of]), REFUSED) if c.startswith("sheet.")}


def of_checks(kind: Kind | None = None) -> set[str]:
    """What is found when rows are checked, or decided about rows without asking a rule; of a kind, by its own rules."""
    if kind is not None:
        reached = _reached([kind.judge, *(c.read for c in kind.columns)])
        family = {rule.code.split(".")[0] for rule in kind.rules}
        said = {c for work in reached for c in _around(work)}
        conditions = {c for work in reached for c in _around(work) - _around(work, CONDITIONS) if c.split(".")[0] not in family}
        made = {c for work in reached for c in _made(work) if c.split(".")[0] in family}
        return (said - conditions | made) & set(catalogue())
    start = [queries.check_sheet, actions.apply_rows, actions.hold_row, background.begin, changes.ended, removals.take_back]
    return _codes(_reached([*start, *READERS]), FOUND)


def of_acts(kind: Kind | None = None) -> set[str]:
    """Why a row is refused when it is applied, corrected or made void."""
    if kind is None:
        start: list[Any] = [actions.apply_rows, removals.carry_out, Office.perform]
    else:
        start = [kind.apply, *([kind.amends.correct, kind.amends.void] if kind.amends else [])]
    reached = _reached(start)
    return _codes(reached, REFUSED) | _verdicts(reached) | _moves_and_rows(reached)


@cache
def _tree(work: types.FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(work)))


def _reached(start: Iterable[Any]) -> set[types.FunctionType]:
    """Functions of the house that these name, and those name, and so on; every method of a class that is named."""
    reached: set[types.FunctionType] = set()
    classes: set[type] = set()
    waiting = list(start)
    while waiting:
        one = waiting.pop()
        one = one.work if isinstance(one, Action) else getattr(one, "__func__", getattr(one, "fget", one))
        if not str(getattr(one, "__module__", "")).startswith("skills."):
            continue
        if isinstance(one, type) and one not in classes:
            classes.add(one)
            waiting += [v for v in vars(one).values() if isinstance(v, types.FunctionType | property | staticmethod | classmethod)]
        one = inspect.unwrap(one) if isinstance(one, types.FunctionType) else one
        if isinstance(one, types.FunctionType) and one not in reached and one.__code__.co_filename[:1] != "<" and one.__name__ != "<lambda>":
            reached.add(one)
            waiting += _named(one)
    return reached


def _named(work: types.FunctionType) -> Iterator[Any]:
    """What a function names: globals, attributes of them, methods of its own class."""
    for node in ast.walk(_tree(work)):
        if isinstance(node, ast.Name | ast.Attribute):
            value = _value(work, node)
            if value is not None:
                yield value
            table = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
            yield from (one for one in table if isinstance(one, types.FunctionType))


def _value(work: types.FunctionType, node: ast.AST) -> Any:
    if isinstance(node, ast.Name):
        return work.__globals__.get(node.id)
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "self" and "." in work.__qualname__:
            return getattr(work.__globals__.get(work.__qualname__.split(".")[0]), node.attr, None)
        held = _value(work, node.value)
        return getattr(held, node.attr, None) if held is not None else None
    return None


def _codes(reached: Iterable[types.FunctionType], calls: dict[str, int]) -> set[str]:
    """The codes in these calls; if one is not written there itself, every code that the function or a table of its module holds."""
    found: set[str] = set()
    for work in reached:
        for call in (n for n in ast.walk(_tree(work)) if isinstance(n, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name not in calls:
                continue
            place = calls[name]
            given = call.args[place] if len(call.args) > place else next((k.value for k in call.keywords if k.arg == "code"), None)
            written = _written(given)
            found |= written or {c for c in _around(work) if c in catalogue()}
    return found & set(catalogue())


def _written(node: ast.AST | None) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)} if node else set()


def _around(work: types.FunctionType, but: Collection[str] = ()) -> set[str]:
    """Texts in a function, outside of calls of `but`, and in the tables that it names."""
    found = _written(_tree(work))
    for call in ast.walk(_tree(work)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in but:
            found -= _written(call)
    for value in _named(work):
        if isinstance(value, dict):
            found |= {v for pair in value.items() for v in pair if isinstance(v, str)}
        elif isinstance(value, tuple | frozenset | set):
            found |= {v for v in value if isinstance(v, str)}
    return found


def _made(work: types.FunctionType) -> set[str]:
    """Codes that a function puts together: f"{room}.known"."""
    found: set[str] = set()
    for text in (n for n in ast.walk(_tree(work)) if isinstance(n, ast.JoinedStr)):
        shape = "".join(re.escape(v.value) if isinstance(v, ast.Constant) else r"\w+" for v in text.values)
        found |= {c for c in catalogue() if re.fullmatch(shape, c)} if "." in shape.replace(r"\w+", "") else set()
    return found


def _verdicts(reached: Iterable[types.FunctionType]) -> set[str]:
    """Codes of verdicts that somebody refuses by: `rule(…).or_refuse()`, `report.or_refuse("code")`."""
    ruled = [
        value
        for work in reached
        if any(isinstance(n, ast.Attribute) and n.attr == "or_refuse" for n in ast.walk(_tree(work)))
        for value in _named(work)
        if isinstance(value, types.FunctionType) and value.__annotations__.get("return") == "Verdict"
    ]
    rules = {r for r in _reached(ruled) if r.__annotations__.get("return") == "Verdict"}
    named = {
        code
        for work in reached
        for call in ast.walk(_tree(work))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "or_refuse"
        for code in _written(call.args[0] if call.args else None)
    }
    return _codes(rules, VERDICTS) | named


def _moves_and_rows(reached: Iterable[types.FunctionType]) -> set[str]:
    """What the tables of states and of the database say no with: `act.get(Model)`, `act.move(row, MACHINE, "name")`, `MACHINE.check`."""
    found: set[str] = set()
    words: dict[str, set[str]] = {}
    for work in reached:
        words.setdefault(work.__module__, set()).update(_written(_tree(work)))
    for work in reached:
        for call in (n for n in ast.walk(_tree(work)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)):
            assert isinstance(call.func, ast.Attribute)
            by_act = isinstance(call.func.value, ast.Name) and call.func.value.id == "act"
            values = [_value(work, a) for a in call.args]
            if by_act and call.func.attr == "get" and isinstance(values[0], type) and issubclass(values[0], Base):
                found.add(f"{values[0].__tablename__}.unknown")
            machine = values[1] if by_act and call.func.attr == "move" else None
            if call.func.attr == "check" and isinstance(held := _value(work, call.func.value), Machine):
                machine = held
            if isinstance(machine, Machine):
                named = _written(call.args[-1]) & set(machine.moves) or words[work.__module__] & set(machine.moves)
                found |= {f"{machine.name}.cannot_{name}" for name in named} | {f"{machine.name}.changed_meanwhile"}
    return found
