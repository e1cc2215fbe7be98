"""Builds the running system from the settings; the only place that constructs adapters."""

from __future__ import annotations

import sys
from dataclasses import replace

import sqlalchemy as sa

from troth.app.application import Application
from troth.app.clock import SystemClock
from troth.app.database import open_engine
from troth.app.entropy import system_entropy
from troth.app.faults import faults_said
from troth.app.jobs import DbosJobs
from troth.app.jobs import prepare as prepare_jobs
from troth.app.keyring.keys import master_keys, root_key
from troth.app.keyring.kms import TransitKeys
from troth.app.migrate import prepare
from troth.app.ports import KeyService, Mail, Sms
from troth.app.sending.mail import SmtpMail
from troth.app.sending.sms import HttpSms, LocalSms
from troth.app.settings import Settings
from troth.base.clock import Clock
from troth.base.errors import InputError
from troth.journal.model import Signer
from troth.subjects.rotation import with_lookup_key
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
    app = Application(
        settings=settings,
        engine=engine,
        clock=clock or SystemClock(),
        entropy=system_entropy,
        vault=vault(settings),
        signer=_signer(settings),
        mail=mail or _mail(settings),
        sms=sms or _sms(settings),
        jobs=DbosJobs(engine),
    )
    with app.begin() as work:
        return replace(app, vault=with_lookup_key(work, app.vault))


def _engine(url: str) -> sa.Engine:
    try:
        engine = open_engine(url)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError):
        raise InputError(
            "settings.database-url",
            "the own database's URL cannot be read",
            hint="set TROTH_DATABASE_URL like `postgresql+psycopg://user@host/name`, or leave it out",
        ) from None
    with faults_said():
        prepare(engine)
        prepare_jobs(engine)
    return engine


def key_service(settings: Settings) -> KeyService | None:
    """The key service that the settings name, if any."""
    return TransitKeys(settings.kms_url, settings.kms_token, settings.kms_key) if settings.kms_url else None


def vault(settings: Settings) -> Vault:
    """The vault with the master keys as they are now; the lookup key lies in the own database."""

    def masters() -> tuple[bytes, ...]:
        given, path = settings.master_key.get_secret_value(), settings.home / "master.key"
        return master_keys(given, path, system_entropy, key_service(settings))

    return Vault(*masters(), again=masters)


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
