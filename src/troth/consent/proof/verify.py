"""Verifies a receipt with nothing but the log's public key: no database, no settings, no trust in who issued it.

The receipt is taken apart into what the journal covers, each part is checked against the hash that covers it, and the
receipt is put together again from these parts. Whatever differs from the receipt at hand is not covered by the journal
and was altered or added. Every value counts; only the layout of the JSON (spaces, order of keys) does not.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from troth.base.canonical import canonical
from troth.base.errors import InputError, IntegrityError
from troth.consent.proof.linked import CONTEXT, TYPE
from troth.consent.proof.receipt import JOURNALLED, Parts, Place, compose
from troth.consent.proof.terms import name_of
from troth.journal import checkpoint as checkpoints
from troth.journal import merkle, note
from troth.journal.model import Verifier

_ADDED = frozenset({"privacy_notice", "language"})  # what `compose` puts into `processing` beside the sections
_LONGEST_PROOF = 64


@dataclass(frozen=True)
class Verified:
    """What a receipt proves: this was recorded at this place of the log that `keys` signed.

    `unchecked` names signatures of the checkpoint by keys that were not given, such as witnesses; they prove nothing.
    """

    event: str
    kind: str
    function: str
    at: str
    version: str
    index: int
    size: int
    keys: tuple[str, ...]
    unchecked: tuple[str, ...]


def read(text: str) -> Mapping[str, Any]:
    """A receipt from its file. Raises InputError `consent.not-a-receipt`; a key that stands twice is refused."""
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        hint = "give the file as it was issued"
        raise InputError("consent.not-a-receipt", "the file is not one JSON object, each key of it once", hint=hint)
    return found


def verify(receipt: Mapping[str, Any], keys: Collection[str]) -> Verified:
    """Check a receipt, plain or JSON-LD; `keys` are the log's verifier strings.

    Raises:
        InputError: `journal.bad-vkey` for what is no verifier string.
        IntegrityError: `consent.receipt-altered`, with the path of the first field that is not what the journal
            covers; `journal.unknown-key`, `journal.bad-signature`, `journal.bad-checkpoint`, `journal.bad-note`,
            `journal.bad-proof`.
    """
    known = [Verifier.parse(key) for key in keys]
    try:
        return _verified(_plain(receipt), known)
    except (ValueError, RecursionError):  # a value that no JSON of ours holds: a lone surrogate, a number too large
        _altered("a value")


def _verified(plain: Mapping[str, Any], known: Collection[Verifier]) -> Verified:
    leaf = _text(plain, "journal", "leaf")
    place = _place(plain)
    signed_by, unchecked = _check_place(leaf, place, known)
    refs = _refs(leaf)
    parts = _check_parts(plain, leaf, refs, place)
    _compare(_recomposed(parts), plain)
    said = json.loads(leaf)
    return Verified(
        refs["event"],
        said["kind"],
        refs["function"],
        said["at"],
        refs["version"],
        place.index,
        place.size,
        signed_by,
        unchecked,
    )


def _plain(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt without what JSON-LD adds, which must be exactly that."""
    if "@context" not in receipt and "@type" not in receipt:
        return dict(receipt)
    if receipt.get("@type") != TYPE:
        _altered("@type")
    if canonical(receipt.get("@context")) != canonical(dict(CONTEXT)):
        _altered("@context")
    return {key: value for key, value in receipt.items() if key not in {"@context", "@type"}}


def _place(plain: Mapping[str, Any]) -> Place:
    journal = _object(plain, "journal")
    proof = journal.get("inclusion_proof")
    if not isinstance(proof, list) or len(proof) > _LONGEST_PROOF or not all(_is_hash(node) for node in proof):
        _altered("journal.inclusion_proof")
    return Place(
        _number(journal, "index"), _number(journal, "tree_size"), tuple(proof), _text(plain, "journal", "checkpoint")
    )


def _check_place(leaf: str, place: Place, known: Collection[Verifier]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who signed for the place, and whose signatures could not be checked."""
    claimed = checkpoints.verify(place.checkpoint, known)
    if claimed.size != place.size:
        _altered("journal.tree_size")
    nodes = [bytes.fromhex(node) for node in place.proof]
    merkle.check_inclusion(merkle.leaf_hash(leaf.encode()), place.index, place.size, nodes, claimed.root)
    signed = note.read(place.checkpoint)
    written = "".join(str(one) for one in signed.signatures)
    if f"{signed.text}\n{written}" != place.checkpoint:
        _altered("journal.checkpoint")  # the same signature, spelt in another way
    believed = {(key.name, key.key_id) for key in known}
    mine = tuple(key.vkey for key in known if (key.name, key.key_id) in {(s.name, s.key_id) for s in signed.signatures})
    return mine, tuple(one.name for one in signed.signatures if (one.name, one.key_id) not in believed)


def _refs(leaf: str) -> Mapping[str, Any]:
    said = json.loads(leaf)  # the log signed it, so it is JSON of ours
    if not said["kind"].startswith(JOURNALLED):
        _altered("journal.leaf")
    refs: Mapping[str, Any] = said["refs"]
    return refs


def _check_parts(plain: Mapping[str, Any], leaf: str, refs: Mapping[str, Any], place: Place) -> Parts:
    terms, processing = _object(plain, "terms"), _object(plain, "processing")
    if name_of(canonical(terms).decode()) != refs["terms"]:
        _altered("terms")
    language = processing.get("language")
    if not isinstance(language, str) or language not in terms:
        _altered("processing.language")
    body = {
        "processing": {key: value for key, value in processing.items() if key not in _ADDED},
        "parties": plain.get("parties"),
    }
    if name_of(canonical(body).decode()) != terms[language]:
        _altered("processing, parties")
    shown = _text(plain, "event", "shown")
    if name_of(shown) != refs["prompt"]:
        _altered("event.shown")
    return Parts(leaf, language, body, terms, shown, place)


def _recomposed(parts: Parts) -> dict[str, Any]:
    try:
        return compose(parts)
    except (KeyError, ValueError):
        _altered("journal.leaf")


def _compare(right: object, found: object) -> None:
    for path in _differences(right, found, ""):
        _altered(path)


def _differences(right: object, found: object, path: str) -> Iterator[str]:
    """The paths at which two JSON values differ; a number is another value than a text or a truth."""
    if isinstance(right, dict) and isinstance(found, dict):
        for key in sorted(right.keys() | found.keys()):
            inside = f"{path}.{key}" if path else key
            if key in right and key in found:
                yield from _differences(right[key], found[key], inside)
            else:
                yield inside
    elif type(right) is not type(found) or canonical(right) != canonical(found):
        yield path


def _object(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    if not isinstance(found, dict):
        _altered(key)
    return found


def _text(value: Mapping[str, Any], *path: str) -> str:
    found = _object(value, path[0]).get(path[1])
    if not isinstance(found, str):
        _altered(".".join(path))
    return found


def _number(journal: Mapping[str, Any], key: str) -> int:
    found = journal.get(key)
    if type(found) is not int:
        _altered(f"journal.{key}")
    return found


def _is_hash(node: object) -> bool:
    digits = frozenset("0123456789abcdef")
    return isinstance(node, str) and len(node) == 2 * merkle.HASH_SIZE and digits.issuperset(node)


def _altered(path: str) -> NoReturn:
    hint = "ask for the receipt again; what differs was changed after it was issued, or is none of the journal's"
    raise IntegrityError("consent.receipt-altered", f"`{path[:100]}` is not what the journal covers", hint=hint)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)
