"""What must be true before a certificate is signed (pure).

The rules read the finished number, payload and badge by themselves and do not ask the code that made them.
Sources: 人社鉴发〔2019〕2号 (numbers), 人社鉴发〔2021〕1号 (required fields), desks D2, D9, D16, D24.
"""

from __future__ import annotations

from skills.credentials.lint import Book, carried, standing, wording
from skills.credentials.lint.draft import Draft

BOOK: Book[Draft] = Book(wording.BOOK, standing.BOOK, carried.BOOK)
