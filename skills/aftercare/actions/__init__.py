"""What changes in after-care. Importing the package declares every action."""

from skills.aftercare.actions import orders, requests, revocations

__all__ = ["orders", "requests", "revocations"]
