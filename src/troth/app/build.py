"""Builds the running system from the settings; the only place that constructs adapters."""

from __future__ import annotations

import sys

import sqlalchemy as sa

from troth.app.application import Application
from troth.app.clock import SystemClock
from troth.app.database import open_engine
from troth.app.entropy import system_entropy
from troth.app.jobs import DbosJobs
from troth.app.jobs import prepare as prepare_jobs
from troth.app.keys import root_key
from troth.app.mail import SmtpMail
from troth.app.migrate import prepare
from troth.app.ports import Mail, Sms
from troth.app.settings import Settings
from troth.app.sms import HttpSms, LocalSms
from troth.base.clock import Clock
from troth.base.errors import InputError
from troth.journal.model import Signer
from troth.subjects.vault import Vault


def build(
    settings: Settings, *, clock: Clock | None = None, mail: Mail | None = None, sms: Sms | None = None
) -> Application:
    """Open the own database (made and migrated on first use) and the keys, and join everything.

    Raises:
        InputError: a setting or a key cannot be read.
        RefusedError: a key file is readable by others.
        UnavailableError: the database does not answer.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = _engine(settings.own_database)
    return Application(
        settings=settings,
        engine=engine,
        clock=clock or SystemClock(),
        entropy=system_entropy,
        vault=Vault(root_key(settings.master_key.get_secret_value(), settings.home / "master.key", system_entropy)),
        signer=_signer(settings),
        mail=mail or _mail(settings),
        sms=sms or _sms(settings),
        jobs=DbosJobs(engine),
    )


def _engine(url: str) -> sa.Engine:
    try:
        engine = open_engine(url)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError):
        raise InputError(
            "settings.database-url",
            "the own database's URL cannot be read",
            hint="set TROTH_DATABASE_URL like `postgresql+psycopg://user@host/name`, or leave it out",
        ) from None
    prepare(engine)
    prepare_jobs(engine)
    return engine


def _signer(settings: Settings) -> Signer:
    seed = root_key(settings.signing_key.get_secret_value(), settings.home / "journal.key", system_entropy)
    return Signer.from_seed(settings.journal_name, seed)


def _mail(settings: Settings) -> Mail:
    return SmtpMail(
        settings.smtp_host, settings.smtp_port, settings.mail_from, settings.smtp_user, settings.smtp_password
    )


def _sms(settings: Settings) -> Sms:
    if settings.sms_url:
        return HttpSms(settings.sms_url, settings.sms_token)
    return LocalSms(settings.home / "sms", _warn)


def _warn(message: str) -> None:
    sys.stderr.write(f"warning: {message}\n")
