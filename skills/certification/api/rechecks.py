"""Certificates of broken promises for programs: the same action as the page."""

from __future__ import annotations

from flask import request
from pydantic import BaseModel, Field

from skills.certification.actions import rechecks as actions
from skills.certification.actions.rechecks import Rechecked
from skills.certification.api import room
from skills.certification.queries import filings, rechecks
from skills.certification.queries.rechecks import RecheckLine
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform


class RecheckBody(BaseModel):
    """What was found of one certificate; the document's number if it is to be revoked."""

    stands: bool
    reason: str = Field(min_length=1, max_length=400)
    document: str = Field(default="", max_length=60)


@room.api("GET", "/gov/filings/<filing_id>/rechecks", may="care.order", answers=list[RecheckLine])
def list_rechecks(filing_id: str) -> list[RecheckLine]:
    """Fifty certificates of a broken promise in the order of issue, behind the look `after`."""
    line = filings.filing(db(), filing_id, me().actor.districts_for("care.order"))
    return list(rechecks.of_filing(db(), line.id, request.args.get("after", "")[:26]))


@room.api("POST", "/filing-rechecks/<recheck_id>", does=actions.decide, body=RecheckBody, answers=Rechecked)
def decide_recheck(recheck_id: str, body: RecheckBody) -> Rechecked:
    """Say that a certificate stands, or order its body to revoke it."""
    return perform(
        actions.decide, request_key(), recheck_id=recheck_id, stands=body.stands, reason=body.reason, document=body.document
    )
