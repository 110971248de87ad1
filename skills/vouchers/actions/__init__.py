"""What changes vouchers: batches, issuing, claims, redemptions."""

from skills.vouchers.actions import batches, claims, disputes, issuing, nudging, reaching, redemptions

__all__ = ["batches", "claims", "disputes", "issuing", "nudging", "reaching", "redemptions"]
