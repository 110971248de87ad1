"""Contests of skill: entries, marks, ranking, results that verify and open promotions."""
