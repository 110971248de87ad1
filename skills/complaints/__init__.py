"""One complaints desk: anonymous tip-offs too, a receipt, a clock of working days, a handler who is not concerned."""
