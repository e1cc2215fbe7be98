from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.errors import InputError, IntegrityError
from troth.journal import checkpoint, note
from troth.journal.model import Signer, Verifier

SIGNER = Signer.from_seed("log.kaiconn.example", bytes(range(32)))
WITNESS = Signer.from_seed("witness.example", bytes(range(1, 33)))
TEXT = "first line\n\nthird line\n"
NOTE = note.sign(TEXT, SIGNER)


def test_the_published_example_of_a_signed_note_verifies() -> None:
    # The example of Go's golang.org/x/mod/sumdb/note, from which C2SP signed-note comes.
    key = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signed = (
        f"{text}\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert note.verify(signed, [key]) == (text, (key,))


def test_a_signed_note_gives_its_text_back_and_names_the_key() -> None:
    assert note.verify(NOTE, [SIGNER.verifier]) == (TEXT, (SIGNER.verifier,))
    assert NOTE.startswith(TEXT + "\n— log.kaiconn.example ")


def test_the_key_id_is_what_c2sp_says() -> None:
    _, key_id, encoded = SIGNER.vkey.split("+", 2)
    assert base64.b64decode(encoded)[0] == 1
    assert SIGNER.verifier.key_id.hex() == key_id
    line = NOTE.splitlines()[-1]
    assert base64.b64decode(line.rpartition(" ")[2])[:4].hex() == key_id


@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_any_flipped_bit_of_a_note_fails(bit: int) -> None:
    altered = bytearray(NOTE.encode())
    altered[bit // 8] ^= 1 << bit % 8
    try:
        text = altered.decode()
    except UnicodeDecodeError:
        return  # not even text any more
    with pytest.raises(IntegrityError):
        note.verify(text, [SIGNER.verifier])


def test_unknown_keys_are_ignored_beside_a_known_one() -> None:
    both = NOTE + note.sign(TEXT, WITNESS).removeprefix(f"{TEXT}\n")
    assert note.verify(both, [SIGNER.verifier]) == (TEXT, (SIGNER.verifier,))
    assert note.verify(both, [SIGNER.verifier, WITNESS.verifier])[1] == (SIGNER.verifier, WITNESS.verifier)


def test_a_note_that_only_unknown_keys_signed_is_not_believed() -> None:
    with pytest.raises(IntegrityError) as raised:
        note.verify(NOTE, [WITNESS.verifier])
    assert raised.value.code == "journal.unknown-key"


def test_a_key_of_the_same_name_is_another_key() -> None:
    impostor = Signer.from_seed(SIGNER.origin, bytes(32))
    with pytest.raises(IntegrityError, match="no known key"):
        note.verify(note.sign(TEXT, impostor), [SIGNER.verifier])


def test_a_known_key_whose_signature_is_wrong_is_a_fault_even_beside_a_good_one() -> None:
    other = note.sign("another text\n", WITNESS).splitlines()[-1]
    with pytest.raises(IntegrityError) as raised:
        note.verify(f"{NOTE}{other}\n", [SIGNER.verifier, WITNESS.verifier])
    assert raised.value.code == "journal.bad-signature"


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "no signature\n",
        "text\n\n",
        NOTE.rstrip("\n"),
        NOTE.replace("— log", "- log"),
        NOTE.replace("log.kaiconn.example ", ""),
        "text\n\n— name !!!!\n",
        "text\n\n— name AAAA\n",
        "tab\there\n\n" + NOTE.splitlines()[-1] + "\n",
        TEXT + "\n" + (NOTE.splitlines()[-1] + "\n") * 65,
    ],
)
def test_what_is_no_signed_note_is_refused(damaged: str) -> None:
    with pytest.raises(IntegrityError) as raised:
        note.verify(damaged, [SIGNER.verifier])
    assert raised.value.code == "journal.bad-note"


def test_a_verifier_string_reads_back() -> None:
    assert Verifier.parse(f" {SIGNER.vkey}\n") == SIGNER.verifier
    with_plus_inside = next(
        signer.verifier
        for number in range(256)
        if "+" in (signer := Signer.from_seed("log.example", bytes([number] * 32))).vkey.split("+", 2)[2]
    )
    assert Verifier.parse(with_plus_inside.vkey) == with_plus_inside


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+",
        "name+00000000+!!",
        SIGNER.vkey.replace("log.", "other."),
        SIGNER.vkey[:-4],
        "name+00000000+" + base64.b64encode(b"\x02" + bytes(32)).decode(),
    ],
)
def test_a_damaged_verifier_string_is_refused(vkey: str) -> None:
    with pytest.raises(InputError) as raised:
        Verifier.parse(vkey)
    assert raised.value.code == "journal.bad-vkey"


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_name_that_notes_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(InputError) as raised:
        Signer.from_seed(name, bytes(32))
    assert raised.value.code == "journal.bad-origin"


def test_a_signing_key_has_one_length_and_never_prints() -> None:
    with pytest.raises(InputError, match="32 bytes"):
        Signer.from_seed("log.example", bytes(31))
    assert "key" not in repr(SIGNER)


def test_a_point_that_is_no_key_accepts_nothing() -> None:
    assert not Verifier("log.example", b"\xff" * 32).accepts(bytes(64), b"text")


def test_a_checkpoint_is_three_lines() -> None:
    signed = checkpoint.sign(7, bytes(32), SIGNER)
    assert signed.startswith(f"log.kaiconn.example\n7\n{base64.b64encode(bytes(32)).decode()}\n\n— ")
    claimed = checkpoint.verify(signed, [SIGNER.verifier])
    assert claimed == checkpoint.read(signed)
    assert (claimed.size, claimed.root) == (7, bytes(32))


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "log.example\n",
        f"log.example\n07\n{ROOT}\n",
        f"log.example\n-1\n{ROOT}\n",
        f"log.example\n١\n{ROOT}\n",
        f"\n7\n{ROOT}\n",
        "log.example\n7\n!!\n",
        f"log.example\n7\n{ROOT[:-4]}\n",
        f"log.example\n7\n{ROOT}\nextension\n",
        f"log.example\n7\n{ROOT}",
    ],
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(IntegrityError) as raised:
        checkpoint.parse(body)
    assert raised.value.code == "journal.bad-checkpoint"


def test_a_witness_alone_does_not_make_a_checkpoint_of_the_log() -> None:
    body = str(checkpoint.Checkpoint(SIGNER.origin, 7, bytes(32)))
    with pytest.raises(IntegrityError, match="log itself"):
        checkpoint.verify(note.sign(body, WITNESS), [SIGNER.verifier, WITNESS.verifier])
