"""Certificates: what is asserted, how it is signed, shown on paper and verified."""
