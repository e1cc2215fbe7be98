"""What people show in tests: a policy with tiers, data points that match, documents of every kind."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace

from tests.requests.world import MINE, POLICY, World
from troth.base.sensitive import Sensitive
from troth.policy.read import parse
from troth.requests import record
from troth.requests.model import Request
from troth.requests.proof import evidence, matching, parties, standing
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.versions import service as versions

TIERS = """
  tiers:
    high:
      label: {zh: 较高, en: high}
      points: 3
      declaration: true
      rights: [copy]
  agents:
    appointed: {power: {zh: 授权委托书, en: a power of attorney}}
minors: {below: 14, rule: guardian}
"""
TIERED = POLICY.replace(
    "requests:\n  within: 30 working days\n", f"requests:\n  within: 30 working days{TIERS}"
).replace(
    "rights:\n",
    "rights:\n  deceased: {label: {zh: 逝者近亲属, en: close relatives}, by: [email], who: close-relative}\n",
)

RIGHT = {"account.nickname": "小林 <B>&", "order.record": " Lamp"}
"""What the stores hold of `MINE`, as somebody may type it."""

WRONG = {"account.nickname": "小林 <b>&", "order.record": "plug"}

ASKER = "asker@mail.example"
NOBODY = "+8619900000009"


def tiered(world: World) -> World:
    """The company under a policy that wants more than an address for a copy."""
    with world.begin() as work:
        world.version = versions.publish(work, parse({"policy.yaml": TIERED}), world.company.maps, by="test")
    return world


def send_in(world: World, request: Request, typed: Mapping[str, str]) -> None:
    with world.begin() as work:
        matching.send_in(work, world.vault, world.version, record.load(work, request.id), typed)


def match(world: World) -> int:
    return matching.match_due(world.begin, world.vault, world.stores, world.jobs)


def asker(world: World, address: str = ASKER) -> str:
    """Somebody who is signed in, and asks for others."""
    with world.begin() as work:
        subject = subjects.register(work, world.vault, [identifier("email", address)])
        facts.change(work, subject, add=["verified.email"])
        return subject


def ask_for(world: World, who: str, named: str = MINE, kind: str = "copy", by: str | None = None) -> Request:
    """A request for whoever is known by `named`."""
    subject = by or asker(world)
    one = parties.party(who, "Ada Example", ASKER)
    one = replace(one, asker=subject, named=identifier("phone", named), way="power", mark=Sensitive("R-17"))
    with world.begin() as work:
        return standing.open_for(work, world.vault, world.version, one, kind, language="en", jobs=world.jobs)


def document(world: World, request: Request, content: bytes | None = None) -> evidence.Evidence:
    with world.begin() as work:
        return evidence.keep_document(work, world.vault, record.load(work, request.id), content or png())


def held(world: World, table: str) -> int:
    with world.begin() as work:
        found: int = work.db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    return found


def png(width: int = 3, height: int = 2, lines: bytes | None = None, *more: bytes) -> bytes:
    """A picture of that size; `lines` in place of its own data, `more` chunks before its end."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(lines if lines is not None else (b"\0" + b"\x7f" * 3 * width) * height)
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", packed), *more, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg(width: int = 4, height: int = 3, *more: bytes) -> bytes:
    """The skeleton of a photograph: every segment that a walk has to pass."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    parts = [segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), segment(0xDB, b"\0" * 65), segment(0xC0, frame)]
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + b"".join([*parts, *more, scan]) + b"\xff\xd9"


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def pdf(more: bytes = b"") -> bytes:
    """A page with nothing on it."""
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" + more
    body += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    return body + b"xref\n0 1\ntrailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
