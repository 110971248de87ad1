"""Pure decisions of certification: numbers, eligibility, filings, exams, promotions."""
