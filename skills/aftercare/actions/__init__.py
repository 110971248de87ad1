"""What changes in after-care. Importing the package declares every action."""

from skills.aftercare.actions import counter, orders, requests, revocations

__all__ = ["counter", "orders", "requests", "revocations"]
