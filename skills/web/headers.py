"""What every answer carries, whoever gives it: the application, or a window in front of it."""

from __future__ import annotations

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)


def fixed(secure: bool) -> dict[str, str]:
    """Headers that no answer may leave out or change; over https (`secure`) also that it stays so."""
    always = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    return always | ({"Strict-Transport-Security": "max-age=63072000; includeSubDomains"} if secure else {})


# Headers that a page may set for itself: /scan needs the camera, what never changes may be kept.
USUAL = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "private, no-cache",
}
