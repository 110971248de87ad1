"""Theory papers: an item bank, blueprints, frozen forms, marking. Knows no level and no certificate."""
