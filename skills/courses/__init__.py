"""Courses: catalogue, classes, enrolments, completions and their certificates."""
