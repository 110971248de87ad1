"""What may stand against a completion when it is applied, corrected or made void though it passed every rule before (pure).

Certificate, voucher, money and record follow a completion in the same act; each may say no.
"""

REFUSED = (
    "care.name_not_on_record", "care.no_such_correction", "care.not_possible", "care.wrong_way", "certificate.cannot_suspend",
    "certificate.changed_meanwhile", "certificate.lint", "certificate.number_taken", "certificate.unknown",
    "class.not_running", "completion.not_reached", "completions.class_cancelled", "completions.no_result",
    "completions.nothing_corrected", "course.unknown", "course_class.unknown", "enrolment.cannot_complete",
    "enrolment.cannot_fail", "enrolment.cannot_overturn", "enrolment.cannot_reopen", "enrolment.changed_meanwhile",
    "enrolment.unknown", "identity_document.unknown", "leave_request.cannot_withdraw", "leave_request.changed_meanwhile",
    "occupation.unknown", "organisation.unknown", "payment_doubt.cannot_settle", "payment_doubt.changed_meanwhile",
    "person.unknown", "policy.none", "policy.two", "record.known", "record.unknown_source", "redemption.cannot_annul",
    "redemption.cannot_earn", "redemption.cannot_release", "redemption.cannot_unearn", "redemption.changed_meanwhile",
    "redemption.on_its_way", "redemption.unknown", "redemption_hold.cannot_lift", "redemption_hold.changed_meanwhile",
    "revocation.not_urgent", "voucher.cannot_annul", "voucher.cannot_earn", "voucher.cannot_redeem", "voucher.cannot_release",
    "voucher.cannot_unearn", "voucher.changed_meanwhile", "voucher.kept_for_a_seat", "voucher.unknown",
    "voucher_batch.unknown",
)  # fmt: skip
