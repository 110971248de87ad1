"""Levels: filings of assessment bodies, exams, scores, notices, certificate numbers, promotions."""
