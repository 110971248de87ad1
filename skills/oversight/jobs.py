"""Every day: the rules are asked and cases opened or refreshed, trainees are drawn and asked, old traces forgotten."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Office
from skills.kernel.canon import canon, plain
from skills.kernel.clock import shanghai_day
from skills.kernel.jobs import Bench, job
from skills.oversight.actions import callbacks, cases, traces
from skills.oversight.queries.facts import gather, numbers
from skills.oversight.rules import ask_all
from skills.oversight.rules.facts import Suspicion

PASSES = 200


def look(office: Office) -> list[Suspicion]:
    """What the rules find now. Reads only."""
    now = office.clock.now()
    facts, known = office.ask(lambda db: (gather(db, now), numbers(db, shanghai_day(now))))
    return ask_all(facts, known)


@job("oversight.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Ask every rule; each suspicion is an act of its own, done once however often the job runs."""
    found = look(bench.office)
    for done, suspicion in enumerate(found, 1):
        digest = hashlib.sha256(canon(plain(suspicion)).encode()).hexdigest()[:32]
        bench.office.perform(cases.report, actor=SYSTEM, key=bench.key(digest), suspicion=suspicion)
        bench.progress(done, len(found))


@job("oversight.call_back", every=timedelta(days=1))
def call_back(bench: Bench) -> None:
    """Draw and ask, until nobody is left to ask and nothing to let run out."""
    for number in range(PASSES):
        done = bench.office.perform(callbacks.draw_some, actor=SYSTEM, key=bench.key(number))
        if not (done.asked or done.expired):
            return


@job("oversight.forget", every=timedelta(days=1))
def forget(bench: Bench) -> None:
    """Forget traces until none is too old."""
    for number in range(PASSES):
        if not bench.office.perform(traces.forget, actor=SYSTEM, key=bench.key(number)).count:
            return
