"""What changes statements, accounts of payees, objections and claw-backs."""
