"""A witness as its operator would write it from the C2SP texts: no line of Troth, an HTTP server on the loopback."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass
class TestWitness:
    """What it knows: the keys of logs by origin, and the latest checkpoint that it cosigned of each."""

    __test__ = False

    name: str
    seed: bytes
    logs: dict[str, str]
    time: int = 1_772_409_600
    latest: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    spoil: bool = False

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def _id(self) -> bytes:
        public = self._key.public_key().public_bytes_raw()
        return hashlib.sha256(self.name.encode() + b"\n\x04" + public).digest()[:4]

    @property
    def vkey(self) -> str:
        public = self._key.public_key().public_bytes_raw()
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(bytes([4]) + public).decode()}"

    def cosign(self, body: str) -> str:
        signature = self._key.sign(f"cosignature/v1\ntime {self.time}\n{body}".encode())
        if self.spoil:
            signature = bytes(64)
        return (
            f"\N{EM DASH} {self.name} "
            f"{base64.b64encode(self._id + self.time.to_bytes(8, 'big') + signature).decode()}\n"
        )

    def add_checkpoint(self, request: str) -> tuple[int, str]:
        """Status and body, as tlog-witness demands them."""
        head, _, note = request.partition("\n\n")
        first, *proof = head.split("\n")
        old = int(first.removeprefix("old "))
        body, _, signatures = note.partition("\n\n")
        origin, size_line, root_line = body.split("\n")[:3]
        size, root = int(size_line), base64.b64decode(root_line)
        if origin not in self.logs:
            return 404, ""
        if not self._is_signed(f"{body}\n", signatures, self.logs[origin]):
            return 403, ""
        if old > size:
            return 400, ""
        known_size, known_root = self.latest.get(origin, (0, hashlib.sha256(b"").digest()))
        if known_size != old or (old == size and known_root != root):
            return 409, f"{known_size}\n"
        if not _is_consistent(old, size, known_root, root, [base64.b64decode(line) for line in proof]):
            return 422, ""
        self.latest[origin] = (size, root)
        return 200, self.cosign(f"{body}\n")

    @staticmethod
    def _is_signed(body: str, signatures: str, vkey: str) -> bool:
        name, key_id, encoded = vkey.split("+", 2)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
        for line in signatures.splitlines():
            _, signer, value = line.split(" ")
            made = base64.b64decode(value)
            if (signer, made[:4].hex()) == (name, key_id):
                try:
                    key.verify(made[4:], body.encode())
                except InvalidSignature:
                    return False
                return True
        return False


def _is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    """RFC 6962 § 2.1.2 followed from the top by its recursion, not by the bits that Troth uses."""
    if old in {0, new}:
        return not proof and (old == 0 or old_root == new_root)
    rest = list(proof)

    def subtree(m: int, n: int, whole: bool) -> tuple[bytes, bytes]:
        """The hash of the first m leaves of a subtree of n, and of all its leaves; takes the proof from its end."""
        if m == n:
            value = old_root if whole else rest.pop(0)
            return value, value
        k = 1
        while k * 2 < n:
            k *= 2
        if m <= k:
            before, after = subtree(m, k, whole)
            return before, _node(after, rest.pop(0))
        before, after = subtree(m - k, n - k, False)
        left = rest.pop(0)
        return _node(left, before), _node(left, after)

    try:
        before, after = subtree(old, new, True)
    except IndexError:
        return False
    return not rest and (before, after) == (old_root, new_root)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@contextmanager
def served(witness: TestWitness) -> Iterator[str]:
    """The witness on a port of the loopback; gives its submission prefix."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, body = witness.add_checkpoint(request) if self.path == "/w/add-checkpoint" else (404, "")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/w"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
