"""Rules of courses: classes and places, completion, and completions filed in bulk (pure)."""
