"""What `troth doctor` looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from troth.app.application import Application
from troth.base.errors import TrothError
from troth.base.work import Work
from troth.cli.session import opened
from troth.journal.service import audit, checkpoint, size, verify
from troth.requests.service import overdue
from troth.versions.service import Version, published


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    id: str
    level: Literal["ok", "warning", "error"]
    message: str
    hint: str = ""


def checks() -> list[Check]:
    """Look at the database, keys, journal, stores, deadlines and settings."""
    app = opened()
    found = [Check("database.ok", "ok", f"the own database answers ({app.engine.dialect.name}) and has today's shape")]
    with app.begin() as work:
        found += [*_journal(app, work), *_deadlines(work)]
        versions = published(work)
    found += [check for version in versions for check in _stores(app, version)]
    if not versions:
        found.append(Check("policy.none", "warning", "no policy is published", "`troth publish FOLDER`"))
    return [*found, *_settings(app)]


def _journal(app: Application, work: Work) -> Iterator[Check]:
    problems = [Check(one.code, "error", one.message, one.hint) for one in audit(work)]
    if problems:
        yield from problems
        return
    try:
        checkpoint(work, app.signer)
        verify(work, app.believed_keys)
    except TrothError as error:
        yield Check(error.code, "error", error.message, error.hint)
        return
    yield Check("journal.ok", "ok", f"{size(work)} journal entries verify up to the signed checkpoint")


def _deadlines(work: Work) -> Iterator[Check]:
    late = overdue(work)
    if late:
        yield Check(
            "requests.late",
            "error",
            f"{len(late)} deadlines have passed",
            "`troth request list` shows the open requests",
        )
    else:
        yield Check("requests.ok", "ok", "no deadline has passed")


def _stores(app: Application, version: Version) -> Iterator[Check]:
    try:
        stores = app.stores(version)
        for name, store in stores.items():
            problems = store.check()
            yield from (Check(one.code, "error", f"{name}: {one.message}", one.hint) for one in problems)
            if not problems:
                yield Check("stores.ok", "ok", f"store {name} answers and fits its data map")
    except TrothError as error:
        yield Check(error.code, "error", f"{version.id}: {error.message}", error.hint)


def _settings(app: Application) -> Iterator[Check]:
    if not app.settings.staff:
        yield Check("settings.no-staff", "warning", "nobody may sign in to the console", "set TROTH_STAFF")
    if not app.settings.sms_url:
        yield Check("settings.no-sms", "warning", "no SMS gateway: codes by phone are not sent", "set TROTH_SMS_URL")
    if not app.settings.secure_cookies:
        yield Check(
            "settings.insecure-cookies",
            "warning",
            "cookies are sent without HTTPS, too",
            "set TROTH_SECURE_COOKIES=true behind HTTPS",
        )
