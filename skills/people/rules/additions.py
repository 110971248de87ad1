"""Whether a further document may be put beside those of a person (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.people.rules import DocumentKind

SHORTEST, LONGEST = 4, 200
CHANGED, MISTYPED = "changed", "mistyped"
# Why somebody has one more document: class → (Chinese, English).
ADDITION_REASONS: Mapping[str, tuple[str, str]] = {
    "further": ("另有一种证件", "another kind of document beside the known one"),
    "renewed": ("换发证件，号码不同", "renewed, with another number"),
    CHANGED: ("公安机关更正或变更了号码", "the police corrected or changed the number"),
    MISTYPED: ("建档的号码录错，这份才是本人的", "the record was made with a wrong number: this one is the person's"),
}


def may_add(kind: str, held: Collection[str], reason: str, grounds: str) -> Verdict:
    """Whether the reason fits what the person has already, and says what was seen.

    held     kinds of the documents that find the person now
    grounds  the paper that shows both documents to be one person's, in words
    """
    again = kind in held
    number = kind == DocumentKind.RESIDENT and again
    return no_fault(
        "document_addition.refused",
        [
            said("document_addition.grounds", grounds),
            Finding("document_addition.reason", reason in ADDITION_REASONS),
            Finding("document_addition.for_life", not number or reason in (CHANGED, MISTYPED), "《居民身份证法》第3条"),
            Finding("document_addition.nothing_to_renew", again or reason == "further"),
        ],
    )


def said(code: str, text: str) -> Finding:
    """Met when a text says something, in the length of such texts."""
    return Finding(code, SHORTEST <= len(text.strip()) <= LONGEST, facts={"least": SHORTEST, "most": LONGEST})


def second_person(asked_by: str, decides: str) -> Verdict:
    """Two people: who asked does not decide."""
    return Verdict(asked_by != decides, "person.second_person")


def answered(answer: str) -> Verdict:
    """Whether a refusal says why."""
    good = SHORTEST <= len(answer.strip()) <= LONGEST
    return Verdict(good, "person.answer", facts={"least": SHORTEST, "most": LONGEST})
