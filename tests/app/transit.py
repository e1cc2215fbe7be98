"""HashiCorp Vault's transit engine at its edge: HTTP API v1 on the loopback, real AES-GCM, versions of a key, a token.

Written from Vault's API reference; https://developer.hashicorp.com/vault/api-docs/secret/transit.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass
class Transit:
    token: str = "s.token"
    keys: dict[str, list[bytes]] = field(default_factory=dict)
    sealed: bool = False
    seen: list[str] = field(default_factory=list)

    def rotate(self, name: str) -> None:
        self.keys.setdefault(name, []).append(AESGCM.generate_key(256))

    def answer(self, path: str, token: str | None, body: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.seen.append(path)
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        _, version, engine, act, name = path.split("/")
        if (version, engine) != ("v1", "transit") or name not in self.keys:
            return 400, {"errors": ["encryption key not found"]}
        try:
            return 200, {"data": getattr(self, f"_{act}")(self.keys[name], body)}
        except (InvalidTag, ValueError, IndexError):
            return 400, {"errors": ["cipher: message authentication failed"]}

    def _encrypt(self, versions: list[bytes], body: dict[str, str]) -> dict[str, object]:
        nonce = AESGCM.generate_key(128)[:12]
        made = nonce + AESGCM(versions[-1]).encrypt(nonce, base64.b64decode(body["plaintext"], validate=True), None)
        return {
            "ciphertext": f"vault:v{len(versions)}:{base64.b64encode(made).decode()}",
            "key_version": len(versions),
        }

    def _decrypt(self, versions: list[bytes], body: dict[str, str]) -> dict[str, object]:
        vault, version, encoded = body["ciphertext"].split(":")
        if vault != "vault":
            raise ValueError(vault)
        made = base64.b64decode(encoded, validate=True)
        plain = AESGCM(versions[int(version.removeprefix("v")) - 1]).decrypt(made[:12], made[12:], None)
        return {"plaintext": base64.b64encode(plain).decode()}


@contextmanager
def served(transit: Transit) -> Iterator[str]:
    """The service on a port of the loopback; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, value = transit.answer(self.path, self.headers.get("X-Vault-Token"), body)
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
