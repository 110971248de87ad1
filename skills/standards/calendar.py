"""Working days in China, with public holidays and make-up days, from a maintained holiday library."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import chinese_calendar


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last day (民法典第202条)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_working_day(day: date) -> bool:
    """Whether offices work on this day. Beyond the published calendar: Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days after `day`; the day itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first`, up to and including `last`."""
    span = (last - first).days
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, span + 1))
