"""Synthetic people, the same for the same seed: plausible names, valid check digits, marked as synthetic (pure)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "星宇晨曦浩然思远雨桐子涵梓萱一诺欣怡俊杰明轩若曦嘉懿煜城懿轩烨伟苑博伟泽熠彤鸿煊博涛烨霖烨华煜祺智宸"
    "正豪昊然明杰诚立轩立辉峻熙弘文熠彤哲瀚鑫鹏致远聪健静雯诗涵佳怡晓彤语嫣心怡"
)
RARE = ("㛃", "䶮", "𠮷")
DISTRICTS = (
    "500101",
    "500102",
    "500103",
    "500104",
    "500105",
    "500106",
    "500107",
    "500108",
    "500109",
    "500112",
    "500113",
    "500115",
    "500116",
    "500117",
    "500118",
    "500120",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MAJORS = (
    ("软件工程", ("4-04-05-01", "4-04-05-02")),
    ("软件技术", ("4-04-05-01", "4-04-05-02")),
    ("人工智能技术应用", ("4-04-05-05",)),
    ("大数据技术", ("4-04-05-05", "4-07-02-05")),
    ("信息安全技术应用", ("4-04-04-02", "4-04-04-04")),
    ("电子商务", ("4-01-06-01", "4-01-06-02")),
)
SCHOOLS = ("重庆星野职业学院", "渝江软件技师学院", "嘉陵理工大学", "巴渝信息工程学院")


@dataclass(frozen=True)
class Synthetic:
    """A person who does not exist."""

    name: str
    sex: str
    birth: date
    district: str
    number: str
    phone: str
    major: str
    occupations: tuple[str, ...]
    school: str
    graduates: date


def check_digit(body: str) -> str:
    """The 18th character of a 公民身份号码 for its first 17 (GB 11643, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def people(count: int, seed: int, today: date) -> Iterator[Synthetic]:
    """`count` people for a seed, each with a number of its own; about one in two hundred has a rare character."""
    draw = random.Random(f"满天星 {seed}")  # noqa: S311 - the same people for the same seed; nothing secret
    taken: set[str] = set()
    for index in range(count):
        person = _person(draw, index, today)
        while person.number in taken:
            person = _person(draw, index, today)
        taken.add(person.number)
        yield person


def _person(draw: random.Random, index: int, today: date) -> Synthetic:
    sex = draw.choice("MF")
    birth = date(today.year - 23, 1, 1) + timedelta(days=draw.randrange(5 * 365))
    district = draw.choice(DISTRICTS)
    order = draw.randrange(1, 500) * 2 - (1 if sex == "M" else 0)
    body = f"{district}{birth:%Y%m%d}{order:03d}"
    major, occupations = draw.choice(MAJORS)
    given = draw.choice(GIVEN) + (draw.choice(GIVEN) if draw.random() < 0.8 else "")
    if draw.random() < 0.005:
        given = draw.choice(RARE) + given[1:]
    graduates = date(today.year, 6, 30) if draw.random() < 0.7 else date(today.year - 1, 6, 30)
    return Synthetic(
        name=draw.choice(SURNAMES) + given,
        sex=sex,
        birth=birth,
        district=district,
        number=body + check_digit(body),
        phone=f"1{draw.choice('3578')}9{index:08d}",
        major=major,
        occupations=occupations,
        school=draw.choice(SCHOOLS),
        graduates=graduates,
    )
