"""What always holds of competitions: draws, marks, results, records and certificates agree."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.accounts.queries import people_of_accounts
from skills.competitions import rules
from skills.competitions.models import Competition, Entry, Event, Mark, Result
from skills.competitions.queries import ranking, unsettled
from skills.competitions.states import CompetitionState, EntryState
from skills.credentials import queries as credentials
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.errors import Missing
from skills.records.queries import live_sources

DRAWN = (CompetitionState.RUNNING, CompetitionState.MARKED, CompetitionState.RATIFIED, CompetitionState.PUBLISHED)
AGREED = (CompetitionState.MARKED, CompetitionState.RATIFIED, CompetitionState.PUBLISHED)


@check("competitions.draws", "工位号按登记的种子抽出 bench numbers are drawn from the seed on record")
def draws(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Competition)):
        for event in _events(book, row):
            rows = book.db.scalars(
                select(Entry).where(Entry.event_id == event.id, Entry.state == EntryState.ENTERED)
            ).all()
            drawn = rules.benches([e.id for e in rows], row.seed) if row.state in DRAWN else {}
            for entry in rows:
                if entry.bench != drawn.get(entry.id):
                    yield f"{entry.id}: bench {entry.bench}, drawn {drawn.get(entry.id)}"


@check("competitions.marks", "评分结束后两名裁判的成绩一致 after marking two judges agree on every mark")
def marks(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Competition).where(Competition.state.in_(AGREED))):
        for mark in unsettled(book.db, row.id):
            yield f"{row.id}: {mark.event} bench {mark.bench} {mark.section} {mark.why}"


@check(
    "competitions.results",
    "公布的名次由成绩得出，有记录和证书 published places follow from marks, with record and certificate",
)
def results(book: Bookkeeper) -> Iterator[str]:
    recorded = live_sources(book.db, "placing")
    for row in book.db.scalars(select(Competition)):
        for event in _events(book, row):
            held = {r.entry_id: r for r in book.db.scalars(select(Result).where(Result.event_id == event.id))}
            if row.state != CompetitionState.PUBLISHED:
                yield from (f"{entry}: a result before publication" for entry in held)
                continue
            places = {p.entry: p for p in ranking(book.db, event.id, ())}
            if places.keys() != held.keys():
                yield f"{event.id}: {len(held)} results for {len(places)} entries"
            for entry_id, result in held.items():
                place = places.get(entry_id)
                total = None if place is None or place.total is None else int(place.total * 100)
                if place is None or (result.rank, result.total) != (place.rank, total):
                    yield f"{entry_id}: rank {result.rank}, total {result.total} do not follow from the marks"
                if result.rank is not None and f"entry:{entry_id}" not in recorded:
                    yield f"{entry_id}: ranked, yet without a record"
                yield from _certificate_faults(book, result)


@check("competitions.second_person", "批准和核准由另一人作出 approval and ratification are by a second person")
def second_person(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Competition)):
        if row.approved_by is not None and row.approved_by == row.planned_by:
            yield f"{row.id}: planned and approved by {row.planned_by}"
        if row.ratified_by is not None and row.ratified_by == row.closed_by:
            yield f"{row.id}: closed and ratified by {row.closed_by}"


@check("competitions.other_hands", "替人报名的不评分、不核准 whoever entered somebody else neither marks that event nor ratifies")
def other_hands(book: Bookkeeper) -> Iterator[str]:
    own = people_of_accounts(book.db)
    live = select(Entry, Event.competition_id).join(Event, Event.id == Entry.event_id).where(Entry.state == EntryState.ENTERED)
    hands = {
        (place, entry.entered_by)
        for entry, contest in book.db.execute(live.where(Entry.entered_by.is_not(None)))
        for place in (entry.event_id, contest)
        if own.get(entry.entered_by or "") != entry.person_id
    }
    for event_id, judge in book.db.execute(select(Entry.event_id, Mark.judge).join(Mark, Mark.entry_id == Entry.id).distinct()):
        if (event_id, judge) in hands:
            yield f"{event_id}: marked by {judge}, who entered somebody"
    for row in book.db.scalars(select(Competition).where(Competition.ratified_by.is_not(None))):
        if (row.id, row.ratified_by) in hands:
            yield f"{row.id}: ratified by {row.ratified_by}, who entered somebody"


@check("competitions.nothing_else", "没有结果就没有名次记录和获奖证书 no placing and no certificate without a result")
def nothing_else(book: Bookkeeper) -> Iterator[str]:
    held = {f"entry:{r.entry_id}": r.certificate_number for r in book.db.scalars(select(Result))}
    for source in live_sources(book.db, "placing"):
        if source.startswith("entry:") and source not in held:
            yield f"{source}: a placing without a result"
    for number, _ in credentials.numbers(book.db, "competition"):
        if number not in set(held.values()):
            yield f"{number}: a certificate without a result"


def _events(book: Bookkeeper, row: Competition) -> Iterator[Event]:
    yield from book.db.scalars(select(Event).where(Event.competition_id == row.id).order_by(Event.serial))


def _certificate_faults(book: Bookkeeper, result: Result) -> Iterator[str]:
    if (result.prize is None) != (result.certificate_number is None):
        yield f"{result.entry_id}: prize {result.prize}, certificate {result.certificate_number}"
    if result.certificate_number is None:
        return
    try:
        found = credentials.certificate(book.db, result.certificate_number)
    except Missing:
        yield f"{result.entry_id}: certificate {result.certificate_number} does not exist"
        return
    if found.kind != "competition":
        yield f"{result.entry_id}: {result.certificate_number} is of kind {found.kind}"
