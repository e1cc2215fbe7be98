"""What `troth doctor` looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from troth.app.application import Application
from troth.app.keyring.rotation import master_use
from troth.app.keyring.signing import remembered, sign
from troth.base.errors import TrothError
from troth.base.work import Work
from troth.cli.session import opened
from troth.journal.reading import end
from troth.journal.rows import check_rows
from troth.journal.service import audit, verify
from troth.journal.signing import refuse_regress
from troth.journal.time import not_before
from troth.requests.exchange import hooks
from troth.requests.service import overdue
from troth.stores.mailbox import service as tasks
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
    found += [*_file(app), *_journal(app), *_keys(app)]
    with app.begin() as work:
        found += _deadlines(work)
        found += _webhooks(work)
        found += _tasks(work)
        versions = published(work)
    found += [check for version in versions for check in _stores(app, version)]
    if not versions:
        found.append(Check("policy.none", "warning", "no policy is published", "`troth publish FOLDER`"))
    return [*found, *_settings(app)]


def _journal(app: Application) -> Iterator[Check]:
    with app.begin() as work:
        length, last = end(work)
        yield from _tried(lambda: not_before(last, work.at))
        found = [Check(one.code, "error", one.message, one.hint) for one in (*audit(work), *check_rows(work))]
        seen = remembered(app.settings.home)
        if seen is not None:
            found += _tried(lambda: refuse_regress(work, length, seen))
    if not found:  # what is not sound is not signed
        found = [*_tried(lambda: sign(app)), *_tried(lambda: _verify(app))]
    yield from found or [Check("journal.ok", "ok", f"{length} journal entries verify up to the signed checkpoint")]


def _verify(app: Application) -> None:
    with app.begin() as work:
        verify(work, app.believed_keys)


def _tried(act: Callable[[], object]) -> list[Check]:
    try:
        act()
    except TrothError as error:
        return [Check(error.code, "error", error.message, error.hint)]
    return []


def _keys(app: Application) -> Iterator[Check]:
    older = {master: number for master, number in master_use(app).items() if master != app.vault.current and number}
    for master, number in older.items():
        message = f"{number} keys are under the earlier master key {master}"
        yield Check("keys.rotation-unfinished", "warning", message, "`troth keys rotate-master` brings them over")
    if not older:
        yield Check("keys.ok", "ok", "all keys are under today's master key")


def _file(app: Application) -> Iterator[Check]:
    """SQLite's own look at its file: pages, indexes, constraints."""
    if app.engine.dialect.name != "sqlite":
        return
    with app.begin() as work:
        faults = [row[0] for row in work.db.exec_driver_sql("PRAGMA quick_check(5)") if row[0] != "ok"]
    if faults:
        hint = "restore it from a backup that verifies"
        yield Check("database.damaged", "error", f"the own database's file has {len(faults)} faults or more", hint)


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


def _tasks(work: Work) -> Iterator[Check]:
    late = [one for one in tasks.listing(work) if one.late(work.at)]
    if late:
        yield Check("tasks.late", "error", f"{len(late)} tasks for people are late", "`troth task list` shows them")


def _webhooks(work: Work) -> Iterator[Check]:
    for one in hooks.listed(work):
        if one.dead:
            message = f"webhook {one.id} was not told {one.dead} times, and it was given up"
            yield Check("webhooks.dead", "error", message, f"mend it, then `troth webhook again {one.id}`")


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
