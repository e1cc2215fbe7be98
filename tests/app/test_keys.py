import base64
from pathlib import Path

import pytest

from troth.app.entropy import system_entropy
from troth.app.keyring.keys import KEY_BYTES, root_key
from troth.base.errors import InputError, RefusedError
from troth.base.work import Entropy


def test_a_key_is_made_once_and_read_ever_after(tmp_path: Path, entropy: Entropy) -> None:
    path = tmp_path / "home" / "master.key"
    first = root_key("", path, entropy)
    assert len(first) == KEY_BYTES
    assert root_key("", path, entropy) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["master.key"]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path, entropy: Entropy) -> None:
    path = tmp_path / "master.key"
    root_key("", path, entropy)
    path.chmod(0o640)
    with pytest.raises(RefusedError) as refused:
        root_key("", path, entropy)
    assert refused.value.code == "keys.readable-by-others"
    assert "chmod 600" in refused.value.hint


def test_a_key_from_the_environment_comes_first(tmp_path: Path, entropy: Entropy) -> None:
    given = base64.b64encode(b"k" * KEY_BYTES).decode()
    assert root_key(given, tmp_path / "none", entropy) == b"k" * KEY_BYTES
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_broken_key_file_is_named_and_not_replaced(tmp_path: Path, entropy: Entropy, text: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(InputError) as wrong:
        root_key("", path, entropy)
    assert wrong.value.code == "keys.unreadable"
    assert path.read_text() == text


def test_a_second_process_that_comes_at_the_same_moment_uses_the_first_ones_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"

    def slow(size: int) -> bytes:
        # While this process was thinking, another one finished.
        if not path.exists():
            root_key("", path, system_entropy)
        return b"x" * size

    assert root_key("", path, slow) != b"x" * KEY_BYTES
