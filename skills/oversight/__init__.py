"""Oversight of public money: fraud rules over all rooms below, cases with two hands, call-backs, and the rehearsal."""
