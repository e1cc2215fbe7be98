"""Registering subjects, finding them again, sealing what is theirs, and destroying the key to all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, RefusedError, TrothError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.subjects import tables
from troth.subjects.identifier import Identifier
from troth.subjects.rotation import follow
from troth.subjects.vault import KEY_SIZE, SubjectKey, Vault

_IDENTIFIER = "identifier"  # the context that identifiers are sealed under


def register(work: Work, vault: Vault, identifiers: Collection[Identifier]) -> str:
    """The subject that these identifiers find; a new one when they find nobody. Adds those that are new.

    Raises:
        InputError: `subjects.no-identifier`.
        ConflictError: `subjects.two-people` when they find more than one subject.
    """
    if not identifiers:
        raise InputError("subjects.no-identifier", "a subject needs something to be found by")
    one_writer(work)
    owners = {given: find(work, vault, given) for given in dict.fromkeys(identifiers)}
    found = {owner for owner in owners.values() if owner is not None}
    if len(found) > 1:
        hint = "settle which of them is meant before joining them"
        raise ConflictError("subjects.two-people", "the identifiers belong to different subjects", hint=hint)
    subject = found.pop() if found else _create(work, vault)
    for given, owner in owners.items():
        if owner is None:
            _attach(work, vault, subject, given)
    return subject


def stand_in(work: Work, vault: Vault) -> str:
    """A subject whom nothing finds: it keeps what is said of a person until it is shown who speaks of them."""
    one_writer(work)
    return _create(work, vault)


def find(work: Work, vault: Vault, identifier: Identifier) -> str | None:
    """The subject whom `identifier` finds, if any."""
    c = tables.identifier.c
    return work.db.scalar(sa.select(c.subject).where(c.lookup == _lookup(vault, identifier)))


def find_all(work: Work, vault: Vault, identifiers: Collection[Identifier]) -> Mapping[Identifier, str]:
    """The subjects whom `identifiers` find, in one statement for any number; those that find nobody are left out."""
    wanted = {_lookup(vault, given): given for given in identifiers}
    c = tables.identifier.c
    rows = work.db.execute(sa.select(c.lookup, c.subject).where(c.lookup.in_(list(wanted))))
    return {wanted[bytes(row.lookup)]: row.subject for row in rows}


def open_keys(work: Work, vault: Vault, subjects: Collection[str]) -> Mapping[str, SubjectKey | TrothError]:
    """The key of each of `subjects`, or the error that `seal` raises for them; one statement for any number.

    Keys are opened for one piece of work and kept nowhere, so that destroying one in the database destroys it.
    """
    c = tables.subject.c
    rows = work.db.execute(sa.select(c.id, c.wrapped_key).where(c.id.in_(list(dict.fromkeys(subjects)))))
    wrapped = {row.id: row.wrapped_key for row in rows}
    return {one: _opened(vault, one, wrapped[one]) if one in wrapped else _unknown(one) for one in subjects}


def identifiers(work: Work, vault: Vault, subject: str) -> tuple[Identifier, ...]:
    """All identifiers of a subject, by kind. Raises as `seal` does."""
    key = _key(work, vault, subject)
    c = tables.identifier.c
    rows = work.db.execute(sa.select(c.kind, c.sealed).where(c.subject == subject))
    opened = [(row.kind, key.unseal(bytes(row.sealed), _IDENTIFIER).decode()) for row in rows]
    return tuple(Identifier(kind, Sensitive(value)) for kind, value in sorted(opened))


def seal(work: Work, vault: Vault, subject: str, plaintext: bytes, *, context: str) -> bytes:
    """Seal `plaintext` for a subject; it opens for the same subject and `context` only.

    Raises:
        InputError: `subjects.unknown`.
        RefusedError: `subjects.shredded` when the key has been destroyed.
    """
    return _key(work, vault, subject).seal(plaintext, context, work.entropy)


def unseal(work: Work, vault: Vault, subject: str, sealed: bytes, *, context: str) -> bytes:
    """Open what `seal` gave. Raises as `seal` does, and IntegrityError `subjects.does-not-open`."""
    return _key(work, vault, subject).unseal(sealed, context)


def commitment(work: Work, vault: Vault, subject: str, value: str) -> str:
    """What may stand for `value` in a journal leaf: a hash under the subject's own key. Raises as `seal` does."""
    return commitments(work, vault, subject, [value])[0]


def commitments(work: Work, vault: Vault, subject: str, values: Iterable[str]) -> tuple[str, ...]:
    """The same for many values of one subject, whose key is opened once."""
    key = _key(work, vault, subject)
    return tuple(key.commitment(value) for value in values)


def rename(work: Work, vault: Vault, subject: str, *, old: Collection[Identifier], new: Collection[Identifier]) -> None:
    """Let a person be found by `new` and no longer by `old`; codes that were sent to the old are void.

    Journaled without values. Twice does nothing.

    Raises:
        ConflictError: `subjects.two-people` when somebody else is found by one of `new`.
        RefusedError: `subjects.shredded`.
    """
    one_writer(work)
    added = [one for one in dict.fromkeys(new) if find(work, vault, one) != subject]
    if any(find(work, vault, one) is not None for one in added):
        hint = "find out whose it is before anything is changed"
        raise ConflictError("subjects.two-people", "an identifier belongs to a different subject", hint=hint)
    dropped = [_lookup(vault, one) for one in old if one not in new]
    c = tables.identifier.c
    gone = work.db.execute(tables.identifier.delete().where(c.subject == subject, c.lookup.in_(dropped))).rowcount
    work.db.execute(tables.code.delete().where(tables.code.c.identifier.in_(dropped)))
    for one in added:
        _attach(work, vault, subject, one)
    if added or gone:
        whose = commitment(work, vault, subject, subject)
        refs: dict[str, str | int] = {"subject": whose, "added": len(added), "dropped": gone}
        journal.append(work, "subject.renamed", refs)


def is_shredded(work: Work, subject: str) -> bool:
    """Whether the subject's key has been destroyed. Raises InputError `subjects.unknown`."""
    return _wrapped(work, subject) is None


def shred(work: Work, vault: Vault, subject: str) -> None:
    """Destroy the subject's key, identifiers, codes and passkeys; nothing sealed for them opens again.

    Twice does nothing. Raises InputError `subjects.unknown`.
    """
    one_writer(work)
    if is_shredded(work, subject):
        return
    journal.append(work, "subject.shredded", {"subject": commitment(work, vault, subject, subject)})
    theirs = sa.select(tables.identifier.c.lookup).where(tables.identifier.c.subject == subject)
    work.db.execute(tables.code.delete().where(tables.code.c.identifier.in_(theirs)))
    work.db.execute(tables.passkey.delete().where(tables.passkey.c.subject == subject))
    work.db.execute(tables.identifier.delete().where(tables.identifier.c.subject == subject))
    work.db.execute(
        tables.subject.update().where(tables.subject.c.id == subject).values(wrapped_key=None, shredded_at=work.at)
    )


def _create(work: Work, vault: Vault) -> str:
    subject = work.new_id("sub")
    follow(work, vault)
    wrapped = vault.wrap(work.entropy(KEY_SIZE), subject, work.entropy)
    work.db.execute(tables.subject.insert().values(id=subject, wrapped_key=wrapped, registered_at=work.at))
    journal.append(work, "subject.registered", {"subject": commitment(work, vault, subject, subject)})
    return subject


def _attach(work: Work, vault: Vault, subject: str, given: Identifier) -> None:
    sealed = seal(work, vault, subject, given.value.reveal().encode(), context=_IDENTIFIER)
    lookup = _lookup(vault, given)
    work.db.execute(tables.identifier.insert().values(lookup=lookup, subject=subject, kind=given.kind, sealed=sealed))


def _lookup(vault: Vault, identifier: Identifier) -> bytes:
    return vault.finder(identifier.kind, identifier.value.reveal())


def _key(work: Work, vault: Vault, subject: str) -> SubjectKey:
    opened = _opened(vault, subject, _wrapped(work, subject))
    if isinstance(opened, TrothError):
        raise opened
    return opened


def _opened(vault: Vault, subject: str, wrapped: bytes | None) -> SubjectKey | RefusedError:
    if wrapped is None:
        hint = "the person was erased; nothing of theirs can be opened or added"
        return RefusedError("subjects.shredded", f"the key of `{subject}` has been destroyed", hint=hint)
    return SubjectKey(subject, vault.unwrap(bytes(wrapped), subject))


def _unknown(subject: str) -> InputError:
    return InputError("subjects.unknown", f"there is no subject `{subject}`")


def _wrapped(work: Work, subject: str) -> bytes | None:
    row = work.db.execute(sa.select(tables.subject.c.wrapped_key).where(tables.subject.c.id == subject)).first()
    if row is None:
        raise _unknown(subject)
    return None if row.wrapped_key is None else bytes(row.wrapped_key)
