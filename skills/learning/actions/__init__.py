"""What changes in learning: lessons, time in front of them, the ledger, two places at once."""
