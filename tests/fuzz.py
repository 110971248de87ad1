"""How many examples a test draws from what strangers may send: few in the ordinary run, many in `make soak`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

MANY = int(os.environ.get("SKILLS_FUZZ", "1"))


def examples(count: int) -> settings:
    """Settings for `count` examples in the ordinary run, and SKILLS_FUZZ times as many where that is set."""
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=count * MANY, deadline=None, suppress_health_check=quiet)
