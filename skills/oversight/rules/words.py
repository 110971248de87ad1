"""What the rules, their strengths and their subjects are called (pure)."""

from __future__ import annotations

from collections.abc import Mapping

RULE_WORDS: Mapping[str, tuple[str, str]] = {
    "F1": ("摸排未用券", "Trawling for unused vouchers"),
    "F2": ("冒名加课", "Trainings never taken"),
    "F3": ("空壳机构", "Shell institution"),
    "F4": ("群发骗领", "Wave of false claims"),
    "F5": ("冒用身份", "Taken-over identity"),
    "F6": ("串通返利", "Collusion"),
    "F7": ("代签考勤", "Proxy attendance"),
    "F8": ("改头换面", "Back under a new name"),
    "F9": ("人员不实", "People who were not entitled"),
    "F10": ("虚构在线学习", "Invented time online"),
    "F11": ("顶替培训", "In two places at once"),
    "F12": ("花名册注水", "Roster filled on paper"),
    "F13": ("放水改分", "Passes waved through, scores altered"),
    "F14": ("租借师资场地", "Rented lecturers and rooms"),
    "F15": ("提前用完", "Budget runs out early"),
}
STRENGTH_WORDS: Mapping[int, tuple[str, str]] = {1: ("弱", "hint"), 2: ("中", "plain"), 3: ("强", "strong")}
SIGN_WORDS: Mapping[str, tuple[str, str]] = {
    "shift": ("平均分偏离", "mean apart"),
    "heap": ("扎堆及格线", "heaped at the mark"),
    "narrow": ("分数过于一致", "marks too alike"),
}
KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "organisation": ("机构", "Institution"),
    "person": ("个人", "Person"),
    "course": ("课程", "Course"),
    "batch": ("券批次", "Batch"),
}


def number(rule: str, case_id: str) -> str:
    """What a case is called in letters: the rule, and enough of its id."""
    return f"{rule}-{case_id[-6:].upper()}"
