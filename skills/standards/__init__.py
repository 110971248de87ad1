"""What everybody stands on: levels, occupations, districts, working days and dated policy."""
