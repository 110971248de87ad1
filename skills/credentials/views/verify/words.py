"""What a verdict is called, and the sentence under it: (zh, en) each."""

from __future__ import annotations

from skills.credentials.claims import KIND_CODE
from skills.credentials.verdicts import State

TITLES: dict[State, tuple[tuple[str, str], tuple[str, str]]] = {
    State.VALID: (("有效", "Valid"), ("由备案机构签发，未被撤销。", "Issued by a filed body and not revoked.")),
    State.EXPIRED: (("已过期", "Expired"), ("证书是真的，但有效期已过。", "The certificate is genuine, but its period has ended.")),
    State.REVOKED: (
        ("已撤销", "Revoked"),
        (
            "不再有效。持证人可向发证机构申请复核，对结果不服可向人力社保部门投诉。",
            "No longer valid. The holder may ask the issuer for a review, then complain to the authority.",
        ),
    ),
    State.SUSPENDED: (
        ("已暂停", "Suspended"),
        ("证书正在核查，暂停使用。请稍后再查，或联系发证机构。", "Under review. Check again later or ask the issuer."),
    ),
    State.SUPERSEDED: (("已换发", "Replaced"), ("已换发新证书，以新证书为准。", "A new certificate replaces this one.")),
    State.NOT_YET_VALID: (("尚未生效", "Not yet valid"), ("签发时间晚于现在。", "Issued later than now.")),
    State.NOT_GENUINE: (
        ("不是本平台签发", "Not issued here"),
        (
            "二维码内容残缺、被改动或系伪造。请重新扫描完整的二维码；如仍如此，请反映。",
            "The code is incomplete, altered or forged. Scan the whole code again; if it stays, report it.",
        ),
    ),
    State.GENUINE_STATUS_OLD: (("真证，状态不是最新", "Genuine, status not current"), ("请稍后再查。", "Check again later.")),
    State.GENUINE_STATUS_UNKNOWN: (("真证，状态未知", "Genuine, status unknown"), ("请稍后再查。", "Check again later.")),
}
# Who vouches for a valid certificate that is not of a level.
VOUCHED: dict[str, tuple[str, str]] = {
    "completion": ("由培训机构核发，未被撤销。", "Issued by the training institution and not revoked."),
    "competition": ("由竞赛主办单位核发，未被撤销。", "Issued by the competition's organiser and not revoked."),
}
KIND_OF_CODE = {code: kind for kind, code in KIND_CODE.items()}


def title_of(state: State, kind: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Title and sentence of a verdict over a certificate of a kind."""
    title, why = TITLES[state]
    return title, VOUCHED.get(kind, why) if state is State.VALID else why
