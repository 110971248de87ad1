"""What changes vouchers: batches, issuing, claims, redemptions."""

from skills.vouchers.actions import batches, claims, issuing, nudging, reaching, redemptions

__all__ = ["batches", "claims", "issuing", "nudging", "reaching", "redemptions"]
