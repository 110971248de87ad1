"""Who may train and who may assess digital engineers; who organises seminars (pure)."""

from __future__ import annotations

from skills.kernel.findings import Finding, Verdict, all_of


def may_pair(training: str, assessment: str, approved: bool, shared: int, succeeds: bool) -> Verdict:
    """Whether one body may assess whom another trained: apart in law and in people.

    shared    accounts that hold or held a role in both
    succeeds  one acts for the other
    """
    return all_of(
        "programme.not_apart",
        [
            Finding("programme.bodies_approved", approved),
            Finding("programme.two_bodies", training != assessment),
            Finding("programme.no_shared_staff", shared == 0, facts={"count": shared}),
            Finding("programme.no_succession", not succeeds),
        ],
    )


def may_apply_for_seminar(title: str, plan: str, seats: int, hours: int, days: int, most_seats: int, ahead: bool) -> Verdict:
    """Whether an application for a seminar is complete."""
    return all_of(
        "seminar.incomplete",
        [
            Finding("seminar.titled", bool(title.strip())),
            Finding("seminar.planned", bool(plan.strip())),
            Finding("seminar.sized", 1 <= seats <= most_seats, facts={"most": most_seats}),
            Finding("seminar.hours_fit", 1 <= hours <= 8 * max(days, 1), facts={"days": days}),
            Finding("seminar.ahead", ahead),
        ],
    )


def seminar_number(year: int, serial: int) -> str:
    """The number of a seminar: YX-2026-003."""
    return f"YX-{year}-{serial:03d}"
