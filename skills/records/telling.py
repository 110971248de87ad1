"""A fact in one sentence, for every page that shows one."""

from __future__ import annotations

from skills.records import queries
from skills.records.queries import EntryLine
from skills.records.rules import (
    GRADE_WORDS,
    SCHOOL_WORDS,
    Education,
    LevelHeld,
    Placing,
    Standing,
    Title,
    Training,
    Work,
)
from skills.records.rules.professional import (
    ACHIEVEMENT_WORDS,
    ENGINEER_GRADE_WORDS,
    OUTSIDE_WORDS,
    SUBJECT_WORDS,
    Achievement,
    HoursTaught,
    OutsideCertificate,
)
from skills.standards import queries as standards
from skills.standards.rules import step_on
from skills.web.pages import db, say


def describe(line: EntryLine) -> str:
    """One sentence for a fact, in the visitor's language."""
    fact = line.fact
    match fact:
        case Work():
            until = fact.until.isoformat() if fact.until else say("至今", "now")
            return f"{occupation_name(fact.occupation)} · {fact.employer} · {fact.since.isoformat()} — {until}"
        case Education():
            words = {code: say(zh, en) for code, (zh, en) in SCHOOL_WORDS.items()}
            return f"{fact.school} · {fact.major} · {words.get(fact.kind, fact.kind)}"
        case LevelHeld():
            step = step_on(fact.level, fact.issued_on)
            level = f"{occupation_name(fact.occupation)} · {say(step.wording, step.english)} · {fact.issued_on.isoformat()}"
            number = fact.number or say("单位内部记录，没有证书编号", "the firm's own record, without a number")
            return f"{level} · {fact.issuer} · {number}" if fact.issuer else f"{level} · {number}"
        case Title():
            return " · ".join([fact.name or say(*GRADE_WORDS[fact.grade]), *(occupation_name(code) for code in fact.occupations)])
        case Training():
            return f"{occupation_name(fact.occupation)} · {fact.hours} {say('学时', 'hours')}"
        case Placing():
            return say(f"{fact.competition} 第 {fact.rank} 名", f"{fact.competition}, place {fact.rank}")
        case OutsideCertificate() | HoursTaught() | Achievement():
            return _professional(fact)
        case Standing():
            until = fact.until.isoformat() if fact.until else say("至今", "now")
            return f"{say(*queries.group_words(db(), fact))} · {fact.since.isoformat()} — {until}"


def _professional(fact: OutsideCertificate | HoursTaught | Achievement) -> str:
    match fact:
        case OutsideCertificate():
            grade = say(*ENGINEER_GRADE_WORDS[fact.grade]) + " · " if fact.grade else ""
            return f"{say(*OUTSIDE_WORDS[fact.kind])} · {fact.name} · {grade}{fact.issuer} · {fact.number}"
        case HoursTaught():
            return f"{fact.title} · {say(*SUBJECT_WORDS[fact.subject])} · {fact.hours} {say('学时', 'hours')} · {fact.provider}"
        case Achievement():
            return f"{say(*ACHIEVEMENT_WORDS[fact.kind])} · {fact.name}{' · ' + fact.number if fact.number else ''}"


def occupation_name(code: str) -> str:
    """The name of an occupation; its code if it is not listed."""
    return next((o.name for o in standards.occupations(db()) if o.code == code), code)
