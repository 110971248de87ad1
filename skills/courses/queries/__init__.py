"""What pages show of courses, classes, places and returns of completions."""
