"""逐人复核: the certificates of a broken promise, one by one."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import rechecks as actions
from skills.certification.forms import ReasonForm
from skills.certification.queries import filings, rechecks
from skills.certification.views.words import room
from skills.web.pages import db, go, me, perform, show, tell, unlisted

ORDER = "care.order"


@room.get("/gov/filings/<filing_id>/rechecks", may=ORDER)
def gov_rechecks(filing_id: str) -> ResponseReturnValue:
    """Who holds a certificate that was issued on the promise, in the order of issue."""
    line = filings.filing(db(), filing_id, me().actor.districts_for(ORDER))
    looks = rechecks.of_filing(db(), line.id, request.args.get("after", "")[:26])
    more = looks[-1].id if len(looks) == rechecks.PAGE else ""
    return unlisted(show("certification/gov_rechecks.html", f=line, looks=looks, counts=rechecks.counts(db(), line.id), more=more))


@room.post("/gov/filings/<filing_id>/rechecks/<recheck_id>", does=actions.decide, name="decide_recheck")
def decide_recheck(filing_id: str, recheck_id: str) -> ResponseReturnValue:
    """What was found of one certificate."""
    form = ReasonForm()
    done = perform(
        actions.decide, form.key.data, recheck_id=recheck_id, stands=request.form.get("found") == "stands",
        reason=form.reason.data or "", document=request.form.get("document", "")[:60],
    )  # fmt: skip
    tell(*WORDS[done.state])
    return go("certification.gov_rechecks", filing_id=filing_id, after=request.args.get("after", "")[:26])


WORDS = {
    "stands": ("已记下：证书成立", "Noted: the certificate stands"),
    "ordered": ("已责令原机构撤销，持证人会先被告知和听取陈述", "Ordered: the body tells and hears the holder first"),
    "gone": ("证书此前已失效", "The certificate was gone already"),
}  # fmt: skip

