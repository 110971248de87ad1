"""What changes in certification. Importing the package declares every action."""

from skills.certification.actions import (
    applications,
    awards,
    counter,
    filings,
    objections,
    online,
    plans,
    promotions,
    scores,
)

__all__ = ["applications", "awards", "counter", "filings", "objections", "online", "plans", "promotions", "scores"]
