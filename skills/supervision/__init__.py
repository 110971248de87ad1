"""Supervision 督导 of exams, and what is to be put right 整改."""
