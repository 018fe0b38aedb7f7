"""Digests and signatures, as people write them down."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from airflow_mlmonitor.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE = 64
KEY = 32
"""Bytes of an Ed25519 signature, and of a public key."""


def digest_in(text: str, place: str, path: str = "") -> str:
    """The SHA-256 in a text: alone, or in the line of a checksum file that names a path.

    Raises
    ------
    ConfigurationError
        There is none.

    Examples
    --------
    >>> digest_in("sha256:" + "A" * 64, "digest=") == "a" * 64
    True
    >>> lines = "0" * 64 + "  other.bin" + chr(10) + "1" * 64 + " *model.bin"
    >>> digest_in(lines, "SHA256SUMS", "models/model.bin") == "1" * 64
    True
    """
    name = path.rpartition("/")[2]
    found = re.findall(r"(?:^|sha256:|\s)([0-9a-fA-F]{64})(?:[ \t]+\*?(\S+))?", text.strip())
    named = [digest for digest, file in found if file and file.rpartition("/")[2] == name]
    alone = [digest for digest, file in found if not file or len(found) == 1]
    if not named and not alone:
        raise ConfigurationError(
            f"{place} holds no SHA-256 for {name or 'the file'}; write 64 hexadecimal digits."
        )
    return str((named or alone)[0]).lower()


def is_signed(message: bytes, signature: bytes, key: str) -> bool:
    """Whether an Ed25519 signature of a message is valid.

    Raises
    ------
    DataError
        The signature has another length.
    ConfigurationError
        The key is none.
    """
    from cryptography.exceptions import InvalidSignature

    public = _public_key(key)
    try:
        public.verify(_raw(signature), message)
    except InvalidSignature:
        return False
    return True


def _raw(signature: bytes) -> bytes:
    if len(signature) == SIGNATURE:
        return signature
    try:
        decoded = base64.b64decode(signature.strip(), validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) != SIGNATURE:
        raise DataError(
            f"The signature has {len(signature)} bytes; an Ed25519 one has {SIGNATURE}, or is that in Base64."
        )
    return decoded


def _public_key(text: str) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if "BEGIN PUBLIC KEY" in text:
        try:
            loaded = load_pem_public_key(text.replace("\\n", "\n").encode())
        except ValueError:
            raise _no_key() from None
        if not isinstance(loaded, Ed25519PublicKey):
            raise _no_key()
        return loaded
    return Ed25519PublicKey.from_public_bytes(_key_bytes(text.strip()))


def _key_bytes(text: str) -> bytes:
    for decode in (bytes.fromhex, base64.b64decode):
        try:
            found = decode(text)
        except ValueError:
            continue
        if len(found) == KEY:
            return found
    raise _no_key()


def _no_key() -> ConfigurationError:
    return ConfigurationError(
        "The public key is no Ed25519 key; give it in PEM, or its 32 bytes in Base64 or hexadecimal."
    )
