"""Documents: taken only whole and harmless, sealed, shown to nobody else, deleted when they have served."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.requests.proofs import RIGHT, ask_for, chunk, document, held, jpeg, pdf, png, segment, send_in, tiered
from tests.requests.world import World
from tests.support.databases import Databases
from troth.app.sweeps import forget_proofs
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.requests import pulse, record
from troth.requests.machine import State
from troth.requests.proof import evidence, proving
from troth.requests.proof.sniff import MOST_PIXELS, sniff
from troth.subjects import service as subjects


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    """One database is enough here; the statements run on both in `test_standing` and `test_tries`."""
    assert request.param == "sqlite"
    yield from databases.sqlite()


GOOD = {"image/png": png(), "image/jpeg": jpeg(), "application/pdf": pdf()}
ZIP = b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 18

HOSTILE = {
    "nothing": (b"", "evidence.wrong-type"),
    "a program": (b"MZ\x90\0" + b"\0" * 100, "evidence.wrong-type"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "evidence.wrong-type"),
    "an archive": (ZIP, "evidence.wrong-type"),
    "a picture of another kind": (b"GIF89a" + b"\0" * 100, "evidence.wrong-type"),
    "a vector picture": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "evidence.wrong-type"),
    "a PDF behind something": (b"\n" + pdf(), "evidence.wrong-type"),
    "a PNG before an archive": (png() + ZIP, "evidence.damaged"),
    "a JPEG before an archive": (jpeg() + ZIP, "evidence.damaged"),
    "a PDF before an archive": (pdf() + ZIP, "evidence.damaged"),
    "a PNG before a page": (png() + b"<script>x</script>", "evidence.damaged"),
    "a PNG around an archive": (png(3, 2, None, chunk(b"teXt", ZIP)), "evidence.two-natures"),
    "a JPEG around an archive": (jpeg(4, 3, segment(0xFE, ZIP)), "evidence.two-natures"),
    "a JPEG around a page": (jpeg(4, 3, segment(0xFE, b"<html><script>x</script>")), "evidence.two-natures"),
    "a PDF around an archive": (pdf(ZIP), "evidence.two-natures"),
    "a PDF around a page": (pdf(b"% <HTML>\n"), "evidence.two-natures"),
    "a PDF with a script": (pdf(b"<< /S /JavaScript /JS (app.alert) >>\n"), "evidence.active"),
    "a PDF that starts something": (pdf(b"<< /S /Launch >>\n"), "evidence.active"),
    "a PDF with a file in it": (pdf(b"<< /Type /EmbeddedFile >>\n"), "evidence.active"),
    "a PDF with a hidden script": (pdf(b"<< /S /J#61vaScript >>\n"), "evidence.active"),
    "a locked PDF": (pdf(b"<< /Encrypt 5 0 R >>\n"), "evidence.active"),
    "half a PDF": (pdf()[:-20], "evidence.damaged"),
    "half a PNG": (png()[:-15], "evidence.damaged"),
    "half a JPEG": (jpeg()[:-2], "evidence.damaged"),
    "a PNG with a wrong sum": (png().replace(b"IHDR", b"IHDR", 1)[:20] + b"\x09" + png()[21:], "evidence.damaged"),
    "a PNG that unpacks to much": (png(3, 2, b"\0" * 10_000_000), "evidence.damaged"),
    "a PNG of too many pixels": (png(60_000, 60_000, b""), "evidence.picture-too-large"),
    "a PNG of no pixels": (png(0, 5, b""), "evidence.picture-too-large"),
    "a JPEG of too many pixels": (jpeg(65_000, 65_000), "evidence.picture-too-large"),
    "a JPEG without a picture": (b"\xff\xd8\xff\xd9", "evidence.damaged"),
    "a JPEG of two pictures": (jpeg(4, 3, segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0")), "evidence.damaged"),
    "a JPEG with a wrong length": (b"\xff\xd8\xff\xe0\xff\xff\0\0\xff\xd9", "evidence.damaged"),
    "a PNG without data": (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IEND", b""),
        "evidence.damaged",
    ),
    "a PNG with half a header": (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0") + chunk(b"IEND", b""),
        "evidence.damaged",
    ),
    "a PNG of no colour that there is": (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 9, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b""),
        "evidence.damaged",
    ),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_document_is_what_its_content_says(kind: str) -> None:
    assert sniff(GOOD[kind]) == kind


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_wholly_one_harmless_document_is_refused(name: str) -> None:
    content, code = HOSTILE[name]
    with pytest.raises(InputError) as refused:
        sniff(content)
    assert refused.value.code == code


def test_a_picture_may_be_as_large_as_a_camera_makes_it() -> None:
    side = int(MOST_PIXELS**0.5)
    assert sniff(jpeg(side, side)) == "image/jpeg"


def looked_at(content: bytes) -> str:
    """What the document is, or the family of the error that refuses it."""
    try:
        return sniff(content)
    except InputError as refused:
        return refused.code.partition(".")[0]


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-1.", png(), jpeg()])
)
@settings(max_examples=40)
def test_no_bytes_break_the_look(tail: bytes, begins: bytes) -> None:
    assert looked_at(begins + tail) in {*GOOD, "evidence"}


@given(st.sampled_from(sorted(GOOD)), st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=40)
def test_a_damaged_picture_is_never_taken_for_another_kind(kind: str, place: int, flip: int) -> None:
    content = bytearray(GOOD[kind])
    content[place % len(content)] ^= flip
    assert looked_at(bytes(content)) in {kind, "evidence"}


def test_a_document_is_sealed_and_only_its_kind_is_told(company: World) -> None:
    world = tiered(company)
    request = ask_for(world, "agent")
    kept = document(world, request)
    with world.begin() as work:
        assert evidence.read(work, world.vault, request, kept.id) == png()
        sealed = bytes(work.db.exec_driver_sql("SELECT sealed FROM request_evidence").scalar_one())
        told = [one for one in record.steps(work, request.id) if one.event == "submit"]
        leaves = work.db.exec_driver_sql("SELECT leaf FROM journal_entry").scalars().all()
    assert b"PNG" not in sealed
    assert [one.code for one in told] == ["evidence.document"]
    assert not any(b"PNG" in bytes(one) for one in leaves)
    assert (kept.media_type, kept.size) == ("image/png", len(png()))


def test_a_document_belongs_to_one_request(company: World) -> None:
    world = tiered(company)
    first, second = ask_for(world, "agent"), ask_for(world, "guardian")
    kept = document(world, first)
    with world.begin() as work, pytest.raises(InputError) as unknown:
        evidence.read(work, world.vault, second, kept.id)
    assert unknown.value.code == "evidence.unknown"
    with world.begin() as work, pytest.raises(InputError):
        evidence.take_back(work, second, kept.id)


def test_documents_are_few_and_small(company: World) -> None:
    world = tiered(company)
    request = ask_for(world, "agent")
    with pytest.raises(InputError) as large:
        document(world, request, b"%PDF-1." + b"\0" * evidence.LARGEST)
    assert large.value.code == "evidence.too-large"
    last = [document(world, request) for _ in range(evidence.MOST_DOCUMENTS)][-1]
    with pytest.raises(RefusedError) as many:
        document(world, request)
    assert many.value.code == "evidence.too-many"
    with world.begin() as work:
        evidence.take_back(work, request, last.id)
    document(world, request)


def test_nothing_is_taken_for_what_waits_for_no_proof(company: World) -> None:
    request = company.open("erasure")
    with pytest.raises(ConflictError):
        document(company, request)
    assert held(company, "request_evidence") == 0


@pytest.mark.parametrize("end", ["proved", "rejected", "recalled", "lapsed", "denied"])
def test_when_it_is_decided_nothing_of_the_documents_is_left(company: World, end: str) -> None:
    world = tiered(company)
    request = ask_for(world, "agent")
    document(world, request)
    document(world, request, pdf())
    with world.begin() as work:
        if end == "proved":
            proving.prove(work, world.vault, request.id, ["identity", "authority"], by="o@x.example", jobs=world.jobs)
        elif end == "rejected":
            proving.reject(work, world.vault, request.id, "Not readable.", by="o@x.example", failed="authority")
        elif end == "denied":
            proving.deny(work, world.vault, request.id)
    if end == "recalled":
        world.recall(request)
    elif end == "lapsed":
        world.clock.advance(pulse.PATIENCE)
        world.pulse()
    assert world.get(request).state is not State.IDENTIFYING
    forget_proofs(world.begin, world.vault)
    assert held(world, "request_evidence") == 0
    with world.begin() as work:
        deleted = [one for one in record.steps(work, request.id) if one.event == "discard"]
        leaves = [bytes(one) for one in work.db.exec_driver_sql("SELECT leaf FROM journal_entry").scalars()]
    assert len(deleted) == 2
    assert sum(b'"request.evidence-deleted"' in one for one in leaves) == 2


@pytest.mark.parametrize("sort", list(evidence.KEPT))
def test_after_its_time_nothing_of_what_was_shown_is_left(company: World, sort: evidence.Sort) -> None:
    world = tiered(company)
    request = ask_for(world, "self") if sort == "document" else world.open("copy")
    if sort == "points":
        send_in(world, request, RIGHT)
    elif sort == "document":
        document(world, request)
    else:
        with world.begin() as work:
            proving.declare(work, world.vault, request.id, "Lin", language="en", jobs=world.jobs)
    world.clock.advance(evidence.KEPT[sort] - timedelta(seconds=1))
    forget_proofs(world.begin, world.vault)
    assert held(world, "request_evidence") == 1
    world.clock.advance(timedelta(seconds=1))
    forget_proofs(world.begin, world.vault)
    assert held(world, "request_evidence") == 0
    assert forget_proofs(world.begin, world.vault) == 0, "a second sweep finds nothing"


def test_what_was_shown_is_gone_with_the_key(company: World) -> None:
    world = tiered(company)
    request = world.open("copy")
    with world.begin() as work:
        proving.declare(work, world.vault, request.id, "Lin", language="en", jobs=world.jobs)
        (kept,) = evidence.of(work, request.id)
        subjects.shred(work, world.vault, world.subject)
        with pytest.raises(RefusedError):
            evidence.read(work, world.vault, request, kept.id)
