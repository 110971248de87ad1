"""Who hangs together: F6 groups behind one phone, browser or account, F8 a struck-off body under a new name (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from skills.oversight.rules.facts import Body, Counted, Facts, Suspicion, Use, by, daily, percent, tier, unpaid


def f6(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Kick-backs for enrolling: many who share a phone, a browser or a bank account train at one institution (France 2021).

    A family shares a phone, so only groups beyond a family's size count; a library or a counter lends its browser to
    people of all institutions, so a group counts only where most of its uses are at one. A shared network alone says
    nothing: colleagues enrol from one office.
    """
    marks = [*_by_mark(facts.phones, facts.uses), *_by_device(facts.uses)]
    clusters: dict[str, list[set[str]]] = defaultdict(list)
    for uses in marks:
        people = {u.person for u in uses}
        if len(people) < numbers["family"]:
            continue
        for institution, held in by(uses, lambda u: u.institution).items():
            here = {u.person for u in held}
            if len(here) >= numbers["family"] and percent(len(held), len(uses)) >= numbers["one_place_percent"]:
                clusters[institution].append(here)
    at = by(facts.uses, lambda u: u.institution)
    for institution, found in clusters.items():
        for people in _joined(found):
            if strength := tier(len(people), numbers["people"]):
                yield _cluster(facts, numbers, institution, people, at[institution], strength)
    yield from _payees(facts)


def _by_mark(marks: Mapping[str, Sequence[str]], uses: Iterable[Use]) -> list[list[Use]]:
    of = {person: mark for mark, people in marks.items() for person in people}
    return list(by(uses, lambda u: of.get(u.person, "")).values())


def _by_device(uses: Iterable[Use]) -> list[list[Use]]:
    return list(by(uses, lambda u: u.device).values())


def _joined(groups: Sequence[set[str]]) -> list[set[str]]:
    """Groups that share somebody become one."""
    found: list[set[str]] = []
    for group in groups:
        one, apart = set(group), []
        for other in found:
            if one & other:
                one |= other
            else:
                apart.append(other)
        found = [*apart, one]
    return found


def _cluster(
    facts: Facts, numbers: Mapping[str, Any], institution: str, people: set[str], uses: Sequence[Use], strength: int
) -> Suspicion:
    held = [u for u in uses if u.person in people]
    devices = len({u.device for u in held if u.device})
    phones = sum(1 for who in facts.phones.values() if people & set(who))
    return Suspicion(
        "F6", f"organisation:{institution}", strength, "case.F6.cluster",
        {"name": facts.name(institution), "n": len(people), "devices": devices, "phones": phones},
        (
            Counted("连在一起的人", "People who hang together", str(len(people)), f"≥ {numbers['people'][0]}"),
            Counted("共用的手机号", "Phone numbers they share", str(phones), "—"),
            Counted("用券的设备", "Browsers they used", str(devices), "—"),
            Counted("占该机构参训人员", "Share of its people", f"{percent(len(people), len({u.person for u in uses}))} %", "—"),
        ),
        tuple(u.id for u in held), unpaid(held), institution, daily(u.day for u in held),
    )  # fmt: skip


def _payees(facts: Facts) -> Iterator[Suspicion]:
    """One bank account for bodies of different people, for a body and a trainee, or for several trainees. Branches have one head."""
    for subjects in facts.payees.values():
        bodies = [facts.bodies[s.partition(":")[2]] for s in sorted(subjects) if s.startswith("organisation:")
                  and s.partition(":")[2] in facts.bodies]  # fmt: skip
        heads = {b.legal_rep for b in bodies if b.legal_rep}
        private = [s for s in sorted(subjects) if s.startswith("person:")]
        if not bodies and len(private) > 1:
            yield from _one_card(facts, private)
        if not bodies or not (len(heads) > 1 or private):
            continue
        for body in bodies:
            held = [u for u in facts.uses if u.institution == body.id]
            yield Suspicion(
                "F6", f"organisation:{body.id}", 2 if len(heads) > 1 else 3, "case.F6.payee",
                {"name": body.name, "n": len(subjects)},
                (Counted("同一银行账户的收款方", "Payees of one bank account", str(len(subjects)), "≤ 1"),),
                tuple(sorted(subjects)), unpaid(held), body.id, daily(u.day for u in held),
            )  # fmt: skip


def _one_card(facts: Facts, people: Sequence[str]) -> Iterator[Suspicion]:
    """Several who are paid themselves, on one card: a card has one holder."""
    held = [u for u in facts.uses if f"person:{u.person}" in people]
    if held:
        yield Suspicion(
            "F6", people[0], 2, "case.F6.card", {"n": len(people)},
            (Counted("同一银行卡的收款人", "People paid on one card", str(len(people)), "≤ 1"),),
            tuple(people), unpaid(held), held[0].institution, daily(u.day for u in held),
        )  # fmt: skip


def f8(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """A body that was struck off is back under a new name (Korea): same head, account, staff, address, courses, teachers.

    Each mark has its weight; a teacher or an address alone is not enough: teachers move, and houses have many tenants.
    """
    gone = [b for b in facts.bodies.values() if b.off]
    at = by(facts.uses, lambda u: u.institution)
    for body in facts.bodies.values():
        if body.off:
            continue
        best: tuple[int, Body, dict[str, int]] | None = None
        for other in gone:
            if body.registered_on < other.registered_on:
                continue
            marks = {name: numbers[name] for name, same in _same(body, other, numbers).items() if same}
            weight = sum(marks.values())
            if weight >= numbers["weights"][0] and (best is None or weight > best[0]):
                best = (weight, other, marks)
        if best is None:
            continue
        weight, other, marks = best
        held = at.get(body.id, [])
        yield Suspicion(
            "F8", f"organisation:{body.id}", tier(weight, numbers["weights"]), "case.F8.same",
            {"name": body.name, "other": other.name, "n": len(marks), "weight": weight},
            tuple(
                Counted(*_MARKS[name], "相同|same" if name in marks else "不同或未知|different or unknown", f"{numbers[name]}")
                for name in _MARKS
            ),
            (other.id, *sorted(marks)), unpaid(held), body.id, daily(u.day for u in held),
        )  # fmt: skip


_MARKS = {
    "legal_rep": ("法定代表人", "Legal representative"), "payee": ("收款账户", "Bank account"),
    "staff": ("工作人员账号", "Staff accounts"), "address": ("地址", "Address"),
    "courses": ("课程清单", "List of courses"), "lecturers": ("授课教师", "Teachers"),
}  # fmt: skip


def _same(body: Body, other: Body, numbers: Mapping[str, Any]) -> dict[str, bool]:
    """Which marks of two bodies are the same; what is not known is never the same."""
    places = ({body.address} | body.addresses) - {""}
    both = len(body.courses & other.courses)
    teachers = len(body.lecturers & other.lecturers)
    return {
        "legal_rep": bool(body.legal_rep) and body.legal_rep == other.legal_rep,
        "payee": bool(body.payee) and body.payee == other.payee,
        "staff": bool(body.accounts & other.accounts),
        "address": bool(places & (({other.address} | other.addresses) - {""})),
        "courses": both >= 2 and percent(both, len(body.courses | other.courses)) >= numbers["courses_percent"],
        "lecturers": teachers >= 2 and percent(teachers, len(body.lecturers)) >= numbers["lecturers_percent"],
    }
