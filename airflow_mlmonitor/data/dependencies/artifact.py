"""The file of a model, and whether it is the one that was promoted."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from airflow_mlmonitor.data.dependencies.dependency import Dependency
from airflow_mlmonitor.data.dependencies.fingerprint import Fingerprint
from airflow_mlmonitor.data.location import without_secrets
from airflow_mlmonitor.data.source import Connections
from airflow_mlmonitor.data.window import Window
from airflow_mlmonitor.errors import ConfigurationError


@dataclass(frozen=True)
class Artifact(Dependency):
    """The file of a model, and whether it is the one that was promoted: by its digest, by a signature, or both.

    A file that is another than the promoted one fails the task, whatever the policy says of changes.

    Parameters
    ----------
    path
        A path, or a URL of an object store.
    conn_id
        Airflow connection of the object store.
    version
        The version that was promoted, for findings and for the history of digests.
    digest
        SHA-256 of the promoted file: 64 hexadecimal digits, perhaps with ``sha256:`` before them.
    digest_file
        Instead: a file that holds it, such as ``sha256sum`` writes.
    signature
        A file with an Ed25519 signature of the file's SHA-256 (of its 32 bytes), as 64 bytes or in Base64.
    public_key
        The key it must be signed with: PEM, or 32 bytes in Base64 or hexadecimal.
    key_conn_id
        Instead: an Airflow connection that has the key as its password.

    The other parameters are those of :class:`Dependency`.

    Raises
    ------
    ConfigurationError
        There is a signature without a key, or the other way round.

    Examples
    --------
    >>> Artifact("s3://models/flights.bin", digest="sha256:{{ var.value.flights_digest }}").title
    's3://models/flights.bin'
    """

    path: str
    _: KW_ONLY
    conn_id: str | None = None
    version: str = ""
    digest: str = ""
    digest_file: str = ""
    signature: str = ""
    public_key: str = ""
    key_conn_id: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.signature) != bool(self.public_key or self.key_conn_id):
            raise ConfigurationError("Artifact() needs a signature and a key: public_key= or key_conn_id=.")

    @property
    def label(self) -> str:
        """The path, without passwords."""
        return without_secrets(self.path)

    @property
    def _is_promised(self) -> bool:
        return bool(self.digest or self.digest_file or self.signature)

    def fingerprint(self, connections: Connections, window: Window) -> Fingerprint:
        """Read the file, and hold it against what was promised."""
        from airflow_mlmonitor.data.dependencies.stored_bytes import only, sha256

        found, size = sha256(only(self.path, self.conn_id, connections))
        parts = {"sha256": found, "size": f"{size:,} bytes"} | (
            {"version": self.version} if self.version else {}
        )
        faults = [fault for fault in self._faults(found, connections) if fault]
        wrong = f"the wrong model is in production: {', and '.join(faults)}" if faults else ""
        return Fingerprint(parts=parts, wrong=wrong if self._is_promised else None)

    def _faults(self, found: str, connections: Connections) -> list[str]:
        faults = []
        promoted = f"version {self.version}" if self.version else "the promoted one"
        if self.digest or self.digest_file:
            wanted = self._wanted(connections)
            if wanted != found:
                faults.append(f"{promoted} has sha256 {wanted[:12]}…, the file has {found[:12]}…")
        if self.signature and not self._is_signed(found, connections):
            faults.append(f"its signature in {without_secrets(self.signature)} is not valid for the file")
        return faults

    def _wanted(self, connections: Connections) -> str:
        from airflow_mlmonitor.data.dependencies.signature import digest_in
        from airflow_mlmonitor.data.dependencies.stored_bytes import text

        if self.digest:
            return digest_in(self.digest, "digest=")
        content = text(self.digest_file, self.conn_id, connections)
        return digest_in(content, without_secrets(self.digest_file), self.path)

    def _is_signed(self, found: str, connections: Connections) -> bool:
        from airflow_mlmonitor.data.dependencies.signature import is_signed
        from airflow_mlmonitor.data.dependencies.stored_bytes import content

        key = self.public_key
        if self.key_conn_id:
            key = connections.details(self.key_conn_id).password or ""
        return is_signed(bytes.fromhex(found), content(self.signature, self.conn_id, connections), key)
