"""QR codes on pages."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(text: str, title: str) -> Markup:
    """A QR code as SVG, named for who cannot see it."""
    svg = segno.make(text, error="m", micro=False).svg_inline(border=3, title=title, svgclass=None, lineclass=None, omitsize=True)
    return Markup(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - drawn here, under a title of our own
