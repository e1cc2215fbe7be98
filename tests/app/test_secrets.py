from pathlib import Path

import pytest

from troth.app.keyring.secrets import resolve
from troth.base.errors import InputError


def test_a_reference_leads_to_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "sqlite:///one.db")
    (tmp_path / "secret").write_text("sqlite:///two.db\n")
    assert resolve("env:A_SECRET") == "sqlite:///one.db"
    assert resolve(f"file:{tmp_path / 'secret'}") == "sqlite:///two.db"


@pytest.mark.parametrize("reference", ["env:NOT_THERE", "file:/not/there", "file:."])
def test_a_reference_to_nothing_says_what_to_do(reference: str) -> None:
    with pytest.raises(InputError) as wrong:
        resolve(reference)
    assert wrong.value.code == "secrets.missing"
    assert wrong.value.hint


def test_a_secret_by_value_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError) as wrong:
        resolve("postgresql://user:hunter2@host/db")
    assert wrong.value.code == "secrets.not-a-reference"
    assert "hunter2" not in str(wrong.value) + wrong.value.hint
