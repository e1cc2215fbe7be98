"""What a document is, by its content alone: a PDF, a JPEG or a PNG, whole and nothing besides. Pure.

Whoever looks at a document trusts that it is what it says. So a file is taken only if it can be walked from its first
byte to its last as one of these: nothing before it, nothing behind it, no second nature, no picture that unpacks to
gigabytes, no PDF that acts, carries files or is locked.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final, Literal

from troth.base.errors import InputError

MediaType = Literal["application/pdf", "image/jpeg", "image/png"]

MOST_PIXELS: Final = 50_000_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_PDF: Final = b"%PDF-1."
_HEADER: Final = struct.Struct(">IIBBBBB")
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MARK: Final = 0xFF
_SCAN: Final = 0xDA
_STUFFED: Final = frozenset({0x00, *range(0xD0, 0xD8)})  # within a scan these follow 0xFF and end nothing
_FRAME: Final = struct.Struct(">BHH")
_LENGTH: Final = 2
_END: Final = 0xD9
_PDF_END: Final = re.compile(rb"%%EOF[\r\n \t]*\Z")
_ACTING: Final = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Encrypt)(?![A-Za-z])"
)
_HIDDEN_NAME: Final = re.compile(rb"/[A-Za-z]*#[0-9A-Fa-f]{2}")
_OTHERS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_MARKUP: Final = re.compile(rb"<(!doctype|html|script|svg|\?php)", re.IGNORECASE)


def sniff(content: bytes) -> MediaType:
    """What the document is.

    Raises InputError: `evidence.wrong-type`; `evidence.damaged` where it does not end as it begins;
    `evidence.picture-too-large`; `evidence.active` for a PDF that does more than show pages, or is locked;
    `evidence.two-natures` where it is something else besides.
    """
    kinds: tuple[tuple[bytes, MediaType, Callable[[bytes], None]], ...] = (
        (_PNG, "image/png", _png),
        (_JPEG, "image/jpeg", _jpeg),
        (_PDF, "application/pdf", _pdf),
    )
    for begins, kind, walk in kinds:
        if content.startswith(begins):
            walk(content)
            return kind
    hint = "send a PDF, or a photograph as JPEG or PNG"
    raise InputError("evidence.wrong-type", "the document is of no type that is taken", hint=hint)


def _png(content: bytes) -> None:
    chunks, place = list[tuple[bytes, bytes]](), len(_PNG)
    while place < len(content):
        kind, data, place = _chunk(content, place)
        chunks.append((kind, data))
    kinds = [kind for kind, _ in chunks]
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or _repeated(kinds):
        raise _damaged()
    header = chunks[0][1]
    if len(header) != _HEADER.size:
        raise _damaged()
    width, height, depth, colour, *_ = _HEADER.unpack(header)
    _check_size(width, height)
    packed = b"".join(data for kind, data in chunks if kind == b"IDAT")
    _unpacks_to(packed, _most_bytes(width, height, depth, colour))
    _one_nature(content)


def _repeated(kinds: list[bytes]) -> bool:
    return kinds.count(b"IHDR") != 1 or kinds.count(b"IEND") != 1


def _chunk(content: bytes, place: int) -> tuple[bytes, bytes, int]:
    if place + 12 > len(content):
        raise _damaged()
    length, kind = struct.unpack_from(">I4s", content, place)
    data = content[place + 8 : place + 8 + length]
    end = place + 12 + length
    if end > len(content) or zlib.crc32(kind + data) != int.from_bytes(content[end - 4 : end]):
        raise _damaged()
    return kind, data, end


def _most_bytes(width: int, height: int, depth: int, colour: int) -> int:
    if colour not in _CHANNELS or depth not in {1, 2, 4, 8, 16}:
        raise _damaged()
    line = (width * depth * _CHANNELS[colour] + 7) // 8 + 1
    return line * height + 8 * (height + 8)  # interlaced pictures have some bytes more


def _unpacks_to(packed: bytes, most: int) -> None:
    """The picture's data must not unpack to more than the picture has."""
    unpacking, size = zlib.decompressobj(), 0
    try:
        data = unpacking.decompress(packed, 1 << 20)
        while data:
            size += len(data)
            if size > most:
                raise _damaged()
            data = unpacking.decompress(unpacking.unconsumed_tail, 1 << 20)
    except zlib.error:
        raise _damaged() from None
    if not unpacking.eof or unpacking.unused_data:
        raise _damaged()


def _jpeg(content: bytes) -> None:
    frames = 0
    end = 2
    for marker, start, stop in _segments(content):
        end = stop
        if marker in _FRAMES:
            if stop - start <= _FRAME.size:
                raise _damaged()
            _, height, width = _FRAME.unpack_from(content, start)
            _check_size(width, height)
            frames += 1
        if marker == _END:
            break
    if frames != 1 or end != len(content) or content[-2:] != bytes((0xFF, _END)):
        raise _damaged()
    _one_nature(content)


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, and where its data begin and end; behind a scan, its own data are walked to the next marker."""
    place = 2
    while place + 1 < len(content):
        if content[place] != _MARK:
            raise _damaged()
        marker = content[place + 1]
        place += 2
        if marker == _MARK:  # filling
            place -= 1
            continue
        if marker == _END or marker in _WITHOUT_LENGTH:
            yield marker, place, place
            continue
        length = int.from_bytes(content[place : place + _LENGTH])
        if length < _LENGTH or place + length > len(content):
            raise _damaged()
        stop = place + length
        if marker == _SCAN:
            stop = _behind_scan(content, stop)
        yield marker, place + 2, stop
        place = stop


def _behind_scan(content: bytes, place: int) -> int:
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise _damaged()
        if content[place + 1] in _STUFFED:
            place += 2
            continue
        return place


def _pdf(content: bytes) -> None:
    if not _PDF_END.search(content[-64:]) or b"startxref" not in content[-2048:]:
        raise _damaged()
    if _ACTING.search(content) or _HIDDEN_NAME.search(content):
        hint = "print it to a plain PDF without a password, scripts or attached files, or send a photograph"
        raise InputError("evidence.active", "the PDF does more than show pages, or is locked", hint=hint)
    _one_nature(content)


def _one_nature(content: bytes) -> None:
    if any(one in content for one in _OTHERS) or _MARKUP.search(content[:4096]):
        hint = "send the document alone, as the camera or the scanner made it"
        raise InputError("evidence.two-natures", "the document holds something else besides", hint=hint)


def _check_size(width: int, height: int) -> None:
    if not width or not height or width * height > MOST_PIXELS:
        hint = "send a smaller picture"
        raise InputError("evidence.picture-too-large", "the picture has too many pixels", hint=hint)


def _damaged() -> InputError:
    hint = "send it once more, or as another file"
    return InputError("evidence.damaged", "the document is damaged or not what it begins as", hint=hint)
