"""Passwords, one-time codes and authenticator codes: made and compared, never stored in the clear."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from skills.kernel.ids import Source

# OWASP's smallest: 19 MiB, two passes, one lane. ASVS 11.4.2.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
_DUMMY = _hasher.hash("no account has this password")
STEP = 30


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters."""
    return _hasher.hash(password)


def password_fits(held: str | None, password: str) -> bool:
    """Whether a password fits; without a hash it takes as long and says no."""
    try:
        return _hasher.verify(held or _DUMMY, password) and held is not None
    except (VerificationError, InvalidHashError):
        return False


def hash_code(code: str) -> str:
    """The digest under which a one-time code is stored."""
    return hashlib.sha256(code.encode()).hexdigest()


def new_totp_secret(source: Source) -> str:
    """160 bits, as authenticator apps take them."""
    import base64

    return base64.b32encode(source.token(20)).decode()


def totp_step(secret: str, code: str, now: datetime, used: int) -> int | None:
    """The time step that a code belongs to: now or the one before, later than the last one used; None if none fits."""
    step = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for candidate in (step, step - 1):
        if candidate > used and pyotp.utils.strings_equal(totp.generate_otp(candidate), code.strip()):
            return candidate
    return None


def totp_now(secret: str, now: datetime) -> str:
    """What the authenticator shows now."""
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // STEP)


def totp_address(secret: str, login: str) -> str:
    """The otpauth address that authenticator apps scan."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="满天星")


def digits(source: Source, length: int = 6) -> str:
    """A numeric code for a text message."""
    return str(int.from_bytes(source.token(8), "big") % 10**length).zfill(length)
