"""The file signer: private keys in files that only their owner may read. Nothing else sees a private key.

`<folder>/<kid>.pem` (PKCS 8) or `<kid>.key` (32 bytes); `root.pem`, `root.crt` and `seal-<kid>.crt` for sealing papers.
An HSM takes this file's place by answering `keys.Signatory`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.x509.oid import NameOID

from skills.kernel import files
from skills.kernel.ids import Source

Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

# A paper outlives the key that sealed it, and no time stamp from outside vouches for the day of sealing: the chain
# must hold as long as papers are shown. How long a key may seal is for the key ring to say, not for its certificate.
ROOT_LIFE = timedelta(days=40 * 365)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class SoftKey:
    """A private key in memory, used as any key in use is: sign, and tell the public half."""

    def __init__(self, private: Private) -> None:
        self.__private = private

    def sign(self, data: bytes) -> bytes:
        """64 bytes: Ed25519, or ES256 as r and s (RFC 6979 nonce: the same input gives the same bytes)."""
        if isinstance(self.__private, ed25519.Ed25519PrivateKey):
            return self.__private.sign(data)
        der = self.__private.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def public_key(self) -> Public:
        return self.__private.public_key()

    def __repr__(self) -> str:
        return "SoftKey(…)"


class FileSigner:
    """Signs with the keys in a folder; a file that others may read is refused."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[str, SoftKey] = {}
        self._secrets: dict[str, bytes] = {}

    def sign(self, kid: str, data: bytes) -> bytes:
        return self._key(kid).sign(data)

    def public(self, kid: str) -> Public:
        return self._key(kid).public_key()

    def secret(self, kid: str) -> bytes:
        """The 32 bytes of a symmetric key. Raises LookupError, PermissionError."""
        if kid not in self._secrets:
            self._secrets[kid] = self._read(f"{kid}.key")
        return self._secrets[kid]

    def make(self, algorithm: str, source: Source) -> str:
        """Make a key and store it; its kid."""
        if algorithm == "secret":
            data = source.token(32)
            kid = hashlib.sha256(b"kid" + data).hexdigest()[:8]
            write(self._folder / f"{kid}.key", data)
            return kid
        private = _new(algorithm, source)
        kid = kid_of(private.public_key())
        write(self._folder / f"{kid}.pem", _pem(private))
        return kid

    def seal_certificates(self, kid: str, now: datetime, source: Source) -> tuple[x509.Certificate, x509.Certificate]:
        """A seal key's certificate and our own root's; made the first time.

        Raises LookupError if the root's key, which belongs offline, is needed and not there.
        """
        root_file, file = self._folder / "root.crt", self._folder / f"seal-{kid}.crt"
        if not root_file.exists():
            private = ec.derive_private_key(int.from_bytes(source.token(31), "big") + 1, ec.SECP256R1())
            write(self._folder / "root.pem", _pem(private))
            made = make_root(private, "满天星 Document Root", now, int.from_bytes(source.token(8), "big"))
            write(root_file, made.public_bytes(serialization.Encoding.PEM))
        root = x509.load_pem_x509_certificate(root_file.read_bytes())
        if not file.exists():
            loaded, public = serialization.load_pem_private_key(self._read("root.pem"), None), self.public(kid)
            assert isinstance(loaded, ec.EllipticCurvePrivateKey)  # noqa: S101 - our own file
            assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101 - the same
            serial = int.from_bytes(source.token(8), "big")
            signed = make_seal_certificate(public, "满天星 Seal", root, loaded, now, serial)
            write(file, signed.public_bytes(serialization.Encoding.PEM))
        return x509.load_pem_x509_certificate(file.read_bytes()), root

    def _key(self, kid: str) -> SoftKey:
        if kid not in self._loaded:
            loaded = serialization.load_pem_private_key(self._read(f"{kid}.pem"), None)
            assert isinstance(loaded, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey)  # noqa: S101 - our own file
            self._loaded[kid] = SoftKey(loaded)
        return self._loaded[kid]

    def _read(self, name: str) -> bytes:
        path = self._folder / name
        try:
            if path.stat().st_mode & 0o077:
                raise PermissionError(f"{name} may be read by others: chmod 600")
            return path.read_bytes()
        except FileNotFoundError as error:
            raise LookupError(f"{name} is not in {self._folder}") from error


def kid_of(public: Public) -> str:
    """First 4 bytes of SHA-256 over the public key, in hex: 65 bytes uncompressed (P-256) or 32 raw (Ed25519)."""
    return hashlib.sha256(raw_of(public)).hexdigest()[:8]


def raw_of(public: Public) -> bytes:
    """A public key's bytes: 65 uncompressed (P-256) or 32 raw (Ed25519)."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return public.public_bytes_raw()


def write(path: Path, data: bytes) -> None:
    """Store a file for its owner alone: the whole of it or the old one."""
    files.put(path, data, 0o600)


def make_root(key: ec.EllipticCurvePrivateKey, name: str, now: datetime, serial: int) -> x509.Certificate:
    """Our own root certificate, good for forty years; its key stays offline."""
    subject = _name(name)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return (
        _builder(subject, subject, key.public_key(), key.public_key(), now, now + ROOT_LIFE, serial)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def make_seal_certificate(
    public: ec.EllipticCurvePublicKey,
    name: str,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    serial: int,
) -> x509.Certificate:
    """The certificate of a seal key, good as long as its root."""
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        _builder(_name(name), root.subject, public, root_key.public_key(), now, root.not_valid_after_utc, serial)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(root_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    until: datetime,
    serial: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _new(algorithm: str, source: Source) -> Private:
    if algorithm == "Ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(source.token(32))
    return ec.derive_private_key(int.from_bytes(source.token(48), "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def _pem(private: Private) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
