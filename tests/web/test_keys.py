"""The keys of programs: known by their hash alone, all looked at, refused when the settings do not have them."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.app.settings import read_settings
from troth.base.errors import InputError
from troth.web.api.keys import known


def kept(name: str, key: str) -> str:
    return f"{name}:{hashlib.sha256(key.encode()).hexdigest()}"


@given(st.lists(st.text(min_size=1), unique=True, max_size=5), st.text())
def test_a_key_is_known_if_and_only_if_its_hash_is_kept(keys: list[str], given_key: str) -> None:
    settings = [kept(f"program{number}", key) for number, key in enumerate(keys)]
    for number, key in enumerate(keys):
        assert known(settings, key) == f"program{number}"
    assert (known(settings, given_key) is not None) == (given_key in keys)


def test_the_hash_itself_opens_nothing() -> None:
    setting = kept("shop", "secret")
    assert known([setting], setting.partition(":")[2]) is None
    assert known([setting], "") is None


def test_settings_take_names_with_hashes_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_API_KEYS", f"{kept('shop', 'a')}, {kept('lake', 'b')}")
    assert known(read_settings().api_keys, "b") == "lake"
    for wrong in ("secret", "shop:secret", f"{kept('shop', 'a')}0", f":{'0' * 64}"):
        monkeypatch.setenv("TROTH_API_KEYS", wrong)
        with pytest.raises(InputError) as raised:
            read_settings()
        assert raised.value.code == "settings.wrong-value"
        assert wrong not in str(raised.value)
