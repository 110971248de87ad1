"""Faults made by hand in the rooms of exams, which the machine must notice: see tests/life/faults.py."""

from __future__ import annotations

from skills.certification.actions import awards, corrections, filings, holding, objections, plans, scores
from skills.certification.rules import carry, exams, renewals, signing
from skills.certification.rules import filings as rules
from tests.life.faults import Fault

FAULTS = (
    Fault("a day of rest is no day of rest once the body works again", rules, "_covers", 'Finding("filing.not_paused", pause is None,',
          'Finding("filing.not_paused", pause is None or pause.until is not None,'),
    Fault("what is added to the scope counts from the first day", rules, "_covers", "filing.added.get(item, day) <= day", "True"),
    Fault("a suspended body goes on", rules, "works_for", "filing.state in ISSUING", "True"),
    Fault("a body that goes on the next day has no day of rest", filings, "_go_on", "running.until, running.ended_step = act.today, step",
          "running.until, running.ended_step = None, step"),
    Fault("a term of one day more", rules, "last_day", "timedelta(days=1)", "timedelta(days=0)"),
    Fault("a filing can be renewed on any day", renewals, "may_renew", "opens <= day <= facts.valid_to", "True"),
    Fault("nobody has to agree with the first typist", signing, "may_sign_off", "may_sign(pairs, typists, signer).findings if pairs else ()", "()"),
    Fault("one person signs twice", signing, "may_sign_off", "signer != hands.first_signer", "True"),
    Fault("59.5 is a pass", exams, "outcome", "mark.hundredths >= pass_mark", "mark.hundredths >= pass_mark - 50"),
    Fault("absent is not sat and passes", exams, "outcome", "any(mark.hundredths is None for mark in needed)", "False"),
    Fault("what was passed is kept for ever", carry, "kept_sections", "one.held_on < held_on <= until", "one.held_on < held_on"),
    Fault("everything is kept and nothing is sat", carry, "kept_sections", "len(held) == len(needed)", "False"),
    Fault("an exam is held before its day", plans, "hold", "act.today < row.held_on", "False"),
    Fault("registration closes early", plans, "close", "act.today <= row.registration_to and taken < row.capacity", "False"),
    Fault("a notice is over on its last day", awards, "conclude", "act.today <= last", "act.today < last"),
    Fault("an exam is reviewed while somebody still asks", holding, "none_open", "if asked or proposed:", "if False:"),
    Fault("an objection holds nobody", objections, "raise_objection", 'candidate.held = "objection"', "pass"),
    Fault("who was objected to for nothing waits for ever", objections, "decide",
          "if candidate.held or candidate.state != ApplicationState.PASSED:", "if True:"),
    Fault("what was typed later does not count", scores, "_write", "held.replaced_at = act.at", "return 0"),
    Fault("a corrected score changes no outcome", corrections, "_follow", "act.move(candidate, APPLICATION, _REVISED[result])", "return ''"),
    Fault("a certificate stays on a pass that is none", corrections, "_follow", "if passed_before:", "if False:"),
    Fault("a late pass needs no notice", corrections, "_notice", "row.notice_to = last", "pass"),
)  # fmt: skip
