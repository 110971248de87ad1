"""`skills rejudge`: verdicts on vouchers and on exams that were kept are decided once more on the inputs frozen with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable

import click

from skills.app import Works
from skills.certification.queries.rejudge import RejudgedApplication, rejudge_applications
from skills.kernel.canon import plain
from skills.vouchers.queries.verdicts import Rejudged, rejudge, rejudge_refusals
from skills.web.i18n import tell_findings

MOMENTS = {"issue": "发放 issue", "claim": "领取 claim", "redeem": "用券 redeem", "settle": "结算 settle", "apply": "考试申报 exam"}
Kept = Rejudged | RejudgedApplication


def command(works: Callable[[], Works]) -> click.Command:
    """The command, given how to come by the installation."""

    @click.command("rejudge")
    @click.option("--voucher", default="", help="Only the verdicts of this voucher, with every condition.")
    @click.option("--person", default="", help="Only the verdicts on this person, with every condition.")
    @click.option("--application", default="", help="Only the verdict on this application for an exam, with every condition.")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable: one verdict a line.")
    def run(voucher: str, person: str, application: str, as_json: bool) -> None:
        """Decide kept verdicts again, under the rules of their day, and name every one that comes out differently: those
        that an act was built on, and every no on a voucher that somebody was refused by.

        Exits 1 if one does, or if nothing was found.
        """
        found: list[Kept] = []
        if not application:
            found += works().office.ask(lambda db: [*rejudge(db, voucher, person), *rejudge_refusals(db, voucher, person)])
        if not voucher:
            found += works().office.ask(lambda db: list(rejudge_applications(db, application, person)))
        found.sort(key=lambda verdict: (verdict.at, verdict.id))
        for line in as_lines(found, as_json, whole=bool(voucher or person or application)):
            click.echo(line)
        if not found or not all(verdict.same for verdict in found):
            sys.exit(1)

    return run


def as_lines(found: Iterable[Kept], as_json: bool, whole: bool) -> Iterable[str]:
    """The report: verdicts that differ, each with its conditions; all of them if the whole is asked for; the counts last, noes
    apart."""
    counts = {True: [0, 0, 0], False: [0, 0, 0]}
    for verdict in found:
        for place, one in enumerate((True, not verdict.same, verdict.forgotten)):
            counts[verdict.kept][place] += one
        if as_json:
            yield json.dumps(plain(verdict), ensure_ascii=False)
        elif whole or not verdict.same:
            yield f"{verdict.at:%Y-%m-%d}  {MOMENTS[verdict.moment]}  {_words(verdict)}  {verdict.id}"
            for finding in tell_findings(verdict.findings, "zh"):
                clause = f"（{finding.clause}）" if finding.clause else ""
                yield f"    {'✓' if finding.met else '✗'} {finding.text}{clause}"
    if not as_json:
        for words, (count, differ, forgotten) in zip(("符合 yes", "不符合 no"), counts.values(), strict=True):
            yield f"{words}: {count} 件 verdicts, {differ} 件不同 differ, {forgotten} 件依据已删除 without grounds"


def _words(verdict: Kept) -> str:
    if verdict.forgotten:
        return "依据已随本人信息删除 its grounds went with the person's data"
    kept, again = (("符合 yes" if yes else "不符合 no") for yes in (verdict.kept, verdict.again))
    return f"{kept}，重算一致 the same again" if verdict.same else f"{kept} → {again}，重算不同 DIFFERENT"
