"""What the pages of inspections share."""

from __future__ import annotations

from skills.inspections.queries.visits import FindingLine
from skills.inspections.rules import ANSWERS, FINDING_WORDS, REASON_WORDS, WAY_WORDS, Way
from skills.inspections.states import OUTCOMES, Outcome
from skills.web.pages import Room, say

room = Room("inspections", "skills.inspections.views")
CHIPS = {
    "planned": "info", "drawn": "ok", "given_up": "idle", "assigned": "info", "counted": "info", "signed": "warn", "in_order": "ok",
    "found": "bad", "ordered": "warn", "rectified": "info", "proposed": "warn", "closed": "ok", "called_off": "idle",
}  # fmt: skip
# What a step is called: (Chinese, English).
STEPS = {
    "assign": ("抽取并指派", "drawn and assigned"), "step_back": ("检查人员回避", "the inspector stepped back"),
    "count": ("清点人数", "heads counted"), "sign": ("检查人员签字", "signed by the inspector"),
    "countersign": ("机构签字", "signed by the institution"), "note_refusal": ("机构未签字", "the institution did not sign"),
    "answer": ("机构说明", "the institution's answer"), "order": ("责令整改", "ordered to rectify"),
    "insist": ("要求继续整改", "not enough yet"), "report": ("报告整改", "reported as rectified"), "propose": ("拟办结", "proposed to close"),
    "send_back": ("退回", "sent back"), "close": ("办结", "closed"), "call_off": ("取消检查", "called off"),
}  # fmt: skip


def finding_word(found: FindingLine) -> str:
    """What was found, in the visitor's language, with its figures."""
    if found.zh:
        return say(f"{found.zh}：不符合", f"{found.en}: no")
    said = say(*FINDING_WORDS[found.code])
    if found.code == "heads_differ":
        said += say(f"（清点 {found.facts['heads']} 人，签到 {found.facts['written']} 人）",
                    f" ({found.facts['heads']} heads, {found.facts['written']} written)")  # fmt: skip
    return said


def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "inspection_chip": lambda line: (CHIPS[line.state], say(line.state_zh, line.state_en)),
        "finding_word": finding_word,
        "reason_words": lambda codes: say("；", "; ").join(say(*REASON_WORDS[c]) for c in codes),
        "way_word": lambda way: say(*WAY_WORDS[Way(way)]),
        "answer_word": lambda code: say(*ANSWERS[code]) if code else "",
        "step_word": lambda move: say(*STEPS[move]),
        "outcome_word": lambda code: say(*OUTCOMES[Outcome(code)][:2]) if code else "",
        "answers": [(code, pair) for code, pair in ANSWERS.items()],
    }


room.context_processor(words)
