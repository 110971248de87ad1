"""Rules of careers: the ways of a person, the figures of a firm."""
