"""Where a WSGI server finds the application."""

from __future__ import annotations

import os

from flask import Flask

from skills import config
from skills.start import reading


def app() -> Flask:
    """The application with the settings of the environment."""
    with reading():
        from skills.app import create_app

        return create_app(config.read(os.environ))
