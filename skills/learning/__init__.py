"""Online lessons with honest time, the ledger of class hours, and one person in two places at once."""
