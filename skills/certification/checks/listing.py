"""What holds of the numbers by which lists name exams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Sitting
from skills.certification.rules.numbers import read_exam
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.errors import Refusal


@check("certification.exam_numbers", "考试编号连续 exams are numbered from 1 in each year, without a gap")
def exam_numbers(book: Bookkeeper) -> Iterator[str]:
    """The year is that of the plan; plans are never taken out."""
    used: dict[int, list[int]] = defaultdict(list)
    for number in book.db.scalars(select(Sitting.number)):
        try:
            year, sequence = read_exam(number)
        except Refusal:
            yield f"{number}: no exam number"
            continue
        used[year].append(sequence)
    for year, sequences in sorted(used.items()):
        if sorted(sequences) != list(range(1, len(sequences) + 1)):
            yield f"{year}: {len(sequences)} exams, the last number is {max(sequences)}"
