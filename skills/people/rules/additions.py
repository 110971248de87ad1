"""Whether a further document may be put beside those of a person, or be taken off again (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.people.rules import DocumentKind

SHORTEST, LONGEST = 4, 200
CHANGED = "changed"
# Why somebody has one more document: class → (Chinese, English).
ADDITION_REASONS: Mapping[str, tuple[str, str]] = {
    "further": ("另有一种证件", "another kind of document beside the known one"),
    "renewed": ("换发证件，号码不同", "renewed, with another number"),
    CHANGED: ("公安机关更正或变更了号码", "the police corrected or changed the number"),
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
            _words("document_addition.grounds", grounds),
            Finding("document_addition.reason", reason in ADDITION_REASONS),
            Finding("document_addition.for_life", not number or reason == CHANGED, "《居民身份证法》第3条"),
            Finding("document_addition.nothing_to_renew", again or reason == "further"),
        ],
    )


# Why it is taken off: class → (Chinese, English).
REMOVAL_REASONS: Mapping[str, tuple[str, str]] = {
    "of_another": ("号码是另一个人的", "the number is another person's"),
    "mistyped": ("号码录错", "the number was entered wrongly"),
    "not_proved": ("材料不能证明是同一个人", "the papers do not show it to be one person's"),
}


def may_remove(added: bool, ended: bool, reason: str, grounds: str) -> Verdict:
    """Whether a document may be taken off: one that was added and is still in use. That with which the record was made stays.

    added  the request by which it came was released
    """
    return no_fault(
        "document_removal.refused",
        [
            Finding("document_removal.added", added and not ended),
            Finding("document_removal.reason", reason in REMOVAL_REASONS),
            _words("document_removal.grounds", grounds),
        ],
    )


def seen_enough(seen: str) -> Verdict:
    """Whether the desk says what it saw of a number that was taken off another record."""
    return no_fault("document.seen", [_words("document.seen_words", seen)])


def _words(code: str, text: str) -> Finding:
    return Finding(code, SHORTEST <= len(text.strip()) <= LONGEST, facts={"least": SHORTEST, "most": LONGEST})


def second_person(asked_by: str, decides: str) -> Verdict:
    """Two people: who asked does not decide."""
    return Verdict(asked_by != decides, "person.second_person")


def answered(answer: str) -> Verdict:
    """Whether a refusal says why."""
    good = SHORTEST <= len(answer.strip()) <= LONGEST
    return Verdict(good, "person.answer", facts={"least": SHORTEST, "most": LONGEST})
