from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.errors import InputError, IntegrityError
from troth.subjects.vault import SubjectKey, Vault, derive, keyed_hash, seal, unseal

MASTER = bytes(range(32))
VAULT = Vault(MASTER)
ENTROPY = random.Random(1).randbytes


def test_derivation_is_hkdf_sha256() -> None:
    # RFC 5869 test case 3 (no salt, no info), the first 32 bytes of its output.
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert derive(b"\x0b" * 22, b"").hex() == expected


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_master_key_has_32_bytes(size: int) -> None:
    with pytest.raises(InputError) as raised:
        Vault(bytes(size))
    assert raised.value.code == "subjects.bad-master-key"


def test_keys_never_print() -> None:
    key = SubjectKey("sub-a", bytes(32))
    for text in (repr(VAULT), str(VAULT), repr(key), str(key)):
        assert "object at" in text


@given(st.binary(max_size=500), st.text(max_size=20))
def test_what_is_sealed_opens_again(plaintext: bytes, context: str) -> None:
    key = SubjectKey("sub-a", MASTER)
    assert key.unseal(key.seal(plaintext, context, ENTROPY), context) == plaintext


@given(st.data())
def test_any_flipped_bit_of_sealed_data_fails(data: st.DataObject) -> None:
    sealed = bytearray(seal(MASTER, b"plain text", b"bound", ENTROPY))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(IntegrityError) as raised:
        unseal(MASTER, bytes(sealed), b"bound")
    assert raised.value.code == "subjects.does-not-open"


@pytest.mark.parametrize("cut", [0, 1, 5, 13, 20])
def test_data_that_are_cut_short_fail(cut: int) -> None:
    with pytest.raises(IntegrityError):
        unseal(MASTER, seal(MASTER, b"plain text", b"", ENTROPY)[:cut], b"")


def test_nobody_opens_data_of_another_subject_context_or_key() -> None:
    mine = SubjectKey("sub-a", MASTER)
    sealed = mine.seal(b"mine", "package", ENTROPY)
    for key, context in (
        (SubjectKey("sub-b", MASTER), "package"),
        (SubjectKey("sub-a", bytes(32)), "package"),
        (mine, "identifier"),
    ):
        with pytest.raises(IntegrityError):
            key.unseal(sealed, context)


def test_a_subject_and_context_cannot_be_joined_differently() -> None:
    sealed = SubjectKey("sub-a", MASTER).seal(b"x", "b", ENTROPY)
    with pytest.raises(IntegrityError):
        SubjectKey("sub-", MASTER).unseal(sealed, "ab")


def test_a_wrapped_key_opens_for_its_subject_and_master_key_only() -> None:
    wrapped = VAULT.wrap(bytes(32), "sub-a", ENTROPY)
    assert VAULT.unwrap(wrapped, "sub-a") == bytes(32)
    with pytest.raises(IntegrityError):
        VAULT.unwrap(wrapped, "sub-b")
    with pytest.raises(IntegrityError):
        Vault(bytes(32)).unwrap(wrapped, "sub-a")


def test_sealing_twice_gives_different_bytes() -> None:
    assert seal(MASTER, b"same", b"", ENTROPY) != seal(MASTER, b"same", b"", ENTROPY)


def test_keyed_hashes_do_not_confuse_lists_of_parts() -> None:
    hashes = {keyed_hash(MASTER, *parts) for parts in (["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], [])}
    assert len(hashes) == 5
    assert keyed_hash(MASTER, "a") != keyed_hash(bytes(32), "a")


def test_a_commitment_is_short_stable_and_the_subjects_own() -> None:
    mine, other = SubjectKey("sub-a", MASTER), SubjectKey("sub-a", bytes(32))
    assert mine.commitment("x") == SubjectKey("sub-a", MASTER).commitment("x")
    assert mine.commitment("x") != mine.commitment("y")
    assert mine.commitment("x") != other.commitment("x")
    assert mine.commitment("x").startswith("hmac-sha256:")
