"""Is the model's file the one that was promoted?"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from airflow_mlmonitor.data.dependencies import Artifact
from airflow_mlmonitor.errors import ConfigurationError, DataError
from tests.data.dependencies.looking import look

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights " * 400_000)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def signed(path: Path) -> Path:
    """Sign as an operator would: the 32 bytes of the file's SHA-256."""
    signature = path.with_suffix(".sig")
    signature.write_bytes(KEY.sign(hashlib.sha256(path.read_bytes()).digest()))
    return signature


def test_a_file_of_which_nothing_was_promised_has_a_digest_and_a_size(model: Path) -> None:
    seen = look(Artifact(str(model), version="v3"))
    assert seen.wrong is None
    assert seen.parts == {"sha256": digest(model), "size": "3,200,000 bytes", "version": "v3"}


@pytest.mark.parametrize("before", ["", "sha256:"])
def test_the_promoted_digest_is_compared(model: Path, before: str) -> None:
    artifact = Artifact(str(model), version="v3", digest=before + digest(model).upper())
    assert look(artifact).wrong == ""
    promoted = digest(model)[:12]
    model.write_bytes(b"other weights")
    assert look(artifact).wrong == (
        f"the wrong model is in production: version v3 has sha256 {promoted}…, "
        f"the file has {digest(model)[:12]}…"
    )


def test_a_checksum_file_may_list_many(model: Path, tmp_path: Path) -> None:
    sums = tmp_path / "SHA256SUMS"
    sums.write_text(f"{'0' * 64}  other.bin\n{digest(model)} *model.bin\n")
    artifact = Artifact(str(model), digest_file=str(sums))
    assert look(artifact).wrong == ""
    sums.write_text(f"{'0' * 64}  other.bin\n{'1' * 64}  third.bin\n")
    with pytest.raises(ConfigurationError, match=r"SHA256SUMS holds no SHA-256 for model\.bin"):
        look(artifact)
    sums.write_text("")
    with pytest.raises(ConfigurationError, match="write 64 hexadecimal digits"):
        look(artifact)


@pytest.mark.parametrize(
    "key", [PEM, RAW.hex(), base64.b64encode(RAW).decode()], ids=["pem", "hex", "base64"]
)
def test_a_signature_is_verified_with_a_key_in_every_form(model: Path, key: str) -> None:
    artifact = Artifact(str(model), signature=str(signed(model)), public_key=key)
    assert look(artifact).wrong == ""
    model.write_bytes(b"other weights")
    assert (look(artifact).wrong or "").endswith("model.sig is not valid for the file")


def test_the_key_may_be_a_connections_password_and_the_signature_in_base64(model: Path) -> None:
    signature = signed(model)
    signature.write_bytes(base64.b64encode(signature.read_bytes()) + b"\n")
    connection = {"signing": f'{{"conn_type": "generic", "password": "{RAW.hex()}"}}'}
    artifact = Artifact(str(model), signature=str(signature), key_conn_id="signing")
    assert look(artifact, connection).wrong == ""
    another = {"signing": f'{{"conn_type": "generic", "password": "{"00" * 31}01"}}'}
    assert "is not valid" in (look(artifact, another).wrong or "")


def test_a_broken_signature_or_key_is_named(model: Path) -> None:
    signature = signed(model)
    with pytest.raises(ConfigurationError, match="no Ed25519 key"):
        look(Artifact(str(model), signature=str(signature), public_key="abc"))
    signature.write_bytes(b"short")
    with pytest.raises(DataError, match="has 5 bytes; an Ed25519 one has 64"):
        look(Artifact(str(model), signature=str(signature), public_key=PEM))
    with pytest.raises(ConfigurationError, match="needs a signature and a key"):
        Artifact(str(model), signature=str(signature))
    with pytest.raises(DataError, match="does not exist"):
        look(Artifact(str(model) + "x"))
