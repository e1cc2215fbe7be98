"""A device that makes and uses passkeys, as a browser hands its answers over; everything of it can be turned wrong."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with one passkey; `count` goes up with each use, where it counts."""

    origin: str
    host: str
    credential: bytes = b"credential-of-a-device"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = json.loads(options)
        client = self._client("webauthn.create", asked["challenge"])
        key = self.credential_key()
        held = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + key
        data = self._data(self.flags | WITH_KEY) + held
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(attested)})

    def use(self, options: str) -> str:
        """The answer to `navigator.credentials.get`."""
        asked = json.loads(options)
        if self.counts:
            self.count += 1
        client, data = self._client("webauthn.get", asked["challenge"]), self._data(self.flags)
        signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signed)}
        )

    def credential_key(self) -> bytes:
        """The public key, as a device writes it."""
        numbers = self.private.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = text(self.credential)
        answer: dict[str, Any] = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps(answer)


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
