"""The skill passport 终身培训电子档案: what a person has earned, each fact with its source and strength."""
