"""Where a WSGI server finds the application."""

from __future__ import annotations

import os

from flask import Flask

from skills import config
from skills.app import create_app


def app() -> Flask:
    """The application with the settings of the environment."""
    return create_app(config.read(os.environ))
