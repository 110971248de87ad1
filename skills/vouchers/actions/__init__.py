"""What changes vouchers: batches, issuing, claims, redemptions."""

from skills.vouchers.actions import batches, claims, issuing, redemptions

__all__ = ["batches", "claims", "issuing", "redemptions"]
