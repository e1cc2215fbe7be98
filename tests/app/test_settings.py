from pathlib import Path

import pytest

from troth.app.settings import read_settings
from troth.base.errors import InputError


def test_everything_has_a_default() -> None:
    settings = read_settings()
    assert settings.own_database == "sqlite:///.troth/troth.db"
    assert settings.staff == ()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_STAFF", "Officer@Kaiconn.example, agent@kaiconn.example,")
    monkeypatch.setenv("TROTH_HOME", "/srv/troth")
    settings = read_settings()
    assert settings.staff == ("officer@kaiconn.example", "agent@kaiconn.example")
    assert settings.home == Path("/srv/troth")


def test_a_wrong_value_is_named_without_being_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_SMTP_PORT", "hunter2")
    with pytest.raises(InputError) as wrong:
        read_settings()
    assert "`TROTH_SMTP_PORT`" in wrong.value.message
    assert "hunter2" not in str(wrong.value.problems())


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_SMTP_PASSWORD", "hunter2")
    assert "hunter2" not in repr(read_settings())


def test_earlier_signing_keys_are_read_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_JOURNAL_OLD_KEYS", "Log.example+1f+AbC=, other.example+2e+DeF=")
    assert read_settings().journal_old_keys == ("Log.example+1f+AbC=", "other.example+2e+DeF=")


def test_the_origins_of_websites_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_BANNER_ORIGINS", "https://shop.example, http://127.0.0.1:8080")
    assert read_settings().banner_origins == ("https://shop.example", "http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "shop.example",
        "https://*.example",
        "https://shop.example/",
        "https://shop.example/a",
        "ftp://a.example",
    ],
)
def test_what_no_browser_would_send_as_an_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("TROTH_BANNER_ORIGINS", f"https://shop.example,{origin}")
    with pytest.raises(InputError) as wrong:
        read_settings()
    assert "`TROTH_BANNER_ORIGINS`" in wrong.value.message


def test_staff_have_roles_and_an_unknown_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_STAFF", "li@shop.example=Agent, wu@shop.example")
    assert read_settings().roles == {"li@shop.example": "agent", "wu@shop.example": "officer"}
    monkeypatch.setenv("TROTH_STAFF", "li@shop.example=king")
    with pytest.raises(InputError) as unknown:
        read_settings()
    assert "officer, agent, engineer, auditor" in unknown.value.message
