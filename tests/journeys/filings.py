"""A body looks at what it may ask for its filing, and begins a norm: pages that stand behind a button."""

from __future__ import annotations

from tests.journeys.conftest import Walker


def walk_a_filing(body: Walker) -> None:
    """The three requests and a norm of one's own, each looked at."""
    for kind in ("renewal", "addition", "withdrawal"):
        body.go(f"/ent/filing/changes/{kind}")
        body.look(f"filing-{kind}")
    body.go("/ent/filing")
    body.page.get_by_role("button", name="编写规范").first.click()
    assert body.page.locator("textarea").count() > 7
    body.look("filing-norm")
