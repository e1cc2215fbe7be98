"""An agent, written from the protocol's text alone: it imports nothing of ours."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
from nacl.signing import SigningKey

VERSION = "1.0"


class TestAgent:
    """Signs messages with a libsodium key and sends them over any client that speaks HTTP."""

    __test__ = False

    def __init__(self, agent_id: str, business_id: str, client: httpx.Client, seed: bytes) -> None:
        self.id = agent_id
        self.business = business_id
        self.client = client
        self.key = SigningKey(seed)
        self.token = ""

    @property
    def verify_key(self) -> str:
        """As the directory has it."""
        return base64.b64encode(bytes(self.key.verify_key)).decode()

    def message(self, at: datetime, **claims: Any) -> dict[str, Any]:
        """The members that every message has (§ 2.01, § 2.05), and those given; None takes one away."""
        value = {
            "agent-id": self.id,
            "business-id": self.business,
            "issued-at": at.isoformat(),
            "expires-at": (at + timedelta(minutes=10)).isoformat(),
            "drp.version": VERSION,
        } | claims
        return {name: one for name, one in value.items() if one is not None}

    def sign(self, value: Any) -> bytes:
        """Base64 of signature and JSON (§ 3.07.1)."""
        return self.sealed(json.dumps(value).encode())

    def sealed(self, plain: bytes) -> bytes:
        signature = self.key.sign(plain).signature
        return base64.b64encode(signature + plain)

    def send(self, method: str, path: str, body: bytes | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = "text/plain"
        response: httpx.Response = self.client.request(method, f"/drp/v1/{path}", content=body, headers=headers)
        return response

    def set_up(self, at: datetime) -> httpx.Response:
        """§ 2.05; keeps the token."""
        response = self.send("POST", f"agent/{self.id}", self.sign(self.message(at)))
        if response.status_code == httpx.codes.OK:
            self.token = response.json()["token"]
        return response

    def exercise(self, at: datetime, **claims: Any) -> httpx.Response:
        """§ 2.01."""
        value = self.message(at, **{"exercise": "deletion", "regime": "ccpa"} | claims)
        return self.send("POST", "data-rights-request", self.sign(value))

    def status(self, request_id: str) -> httpx.Response:
        """§ 2.02."""
        return self.send("GET", f"data-rights-request/{request_id}")

    def revoke(self, request_id: str, reason: str = "I changed my mind") -> httpx.Response:
        """§ 2.04."""
        return self.send("DELETE", f"data-rights-request/{request_id}", self.sign({"reason": reason}))
