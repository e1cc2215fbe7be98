"""Asks witnesses for cosignatures, over C2SP tlog-witness (`POST …/add-checkpoint`)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from http import HTTPStatus

import httpx

from troth.app.application import Application
from troth.app.keyring.signing import sign
from troth.base.errors import IntegrityError, UnavailableError
from troth.journal import checkpoint as checkpoints
from troth.journal.service import consistency, cosign
from troth.journal.signing import cosigned_size

_TIMEOUT = 30.0  # seconds
_MAX_ANSWER = 64 * 1024  # bytes; a few signature lines


def ask(app: Application, url: str, witness: str) -> str:
    """Submit the latest checkpoint to the witness at the submission prefix `url`; returns it with the cosignature.

    Raises:
        IntegrityError: `journal.witness-refused`: it saw another history, or its cosignature does not verify.
        UnavailableError: it does not answer, or answers what the protocol does not know.
    """
    signed = sign(app)
    with app.begin() as work:
        old = cosigned_size(work, witness)
    answer = _submit(app, url, signed, old)
    if answer.status_code == HTTPStatus.CONFLICT and (stated := _size(answer.text)) not in {None, old}:
        answer = _submit(app, url, signed, stated or 0)
    if answer.status_code in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
        raise _refused("it knows another history of this log")
    if answer.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        raise _refused("it does not know this log or its key")
    if answer.status_code != HTTPStatus.OK:
        raise _unavailable(f"answered {answer.status_code}")
    with app.begin() as work:
        return cosign(work, signed + answer.text, [witness])


def request(old: int, proof: Sequence[bytes], signed: str) -> str:
    """The body of a submission."""
    lines = [f"old {old}", *(base64.b64encode(value).decode() for value in proof), ""]
    return "\n".join(lines) + f"\n{signed}"


def _submit(app: Application, url: str, signed: str, old: int) -> httpx.Response:
    size = checkpoints.read(signed).size
    if old > size:
        raise _refused(f"it has seen `{old}` entries and there are `{size}`")
    with app.begin() as work:
        proof = consistency(work, old, size)
    try:
        answer = httpx.post(f"{url.rstrip('/')}/add-checkpoint", content=request(old, proof, signed), timeout=_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unavailable(f"does not answer ({type(error).__name__})") from None
    if len(answer.content) > _MAX_ANSWER:
        raise _unavailable("answered far too much")
    return answer


def _size(text: str) -> int | None:
    line = text.removesuffix("\n")
    return int(line) if line.isascii() and line.isdecimal() and len(line) < 20 else None  # noqa: PLR2004


def _refused(why: str) -> IntegrityError:
    hint = "keep both checkpoints and compare them: a journal that forked is not to be believed"
    return IntegrityError("journal.witness-refused", f"the witness did not cosign: {why}", hint=hint)


def _unavailable(what: str) -> UnavailableError:
    return UnavailableError("journal.witness-unavailable", f"the witness {what}", hint="try again later")
