"""Builds the sandboxes of drills: a template once, a copy of it for every promise."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa

from troth.app.database import open_engine
from troth.app.drills.folder import Folder
from troth.app.drills.practice import Sample
from troth.app.entropy import system_entropy
from troth.app.keyring.keys import KEY_BYTES
from troth.app.migrate import prepare
from troth.base.clock import SettableClock
from troth.base.sensitive import Sensitive
from troth.base.work import Begin, Work
from troth.datamap.read import from_value
from troth.drill.sample.build import build, join
from troth.drill.sandbox import Errands, MakeSandbox, SamplePerson, Sandbox
from troth.journal.model import Signer
from troth.notice.render import page
from troth.requests.ports import Stores
from troth.stores.open import open_store
from troth.subjects.vault import Vault
from troth.versions.service import Version, publish

_PEOPLE = 12  # enough for neighbours whose rows must stay
_SEED = 1
_PERSON = SamplePerson(Sensitive("+8619900009999"), Sensitive("rehearsal@mail.example"))
_OWN = "troth.db"


@contextmanager
def sandboxes(source: Folder, sample: Sample, start: datetime) -> Iterator[MakeSandbox]:
    """A maker of sandboxes for one policy; everything it made is removed at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="troth-drill-") as home:
        template = Path(home) / "template"
        template.mkdir()
        maker = _Maker(source, template, start, Vault(system_entropy(KEY_BYTES)))
        version = maker.fill(sample)
        notice = cache(partial(_notice, version))
        yield lambda: maker.sandbox(version, notice)


@dataclass(frozen=True)
class _Maker:
    source: Folder
    template: Path
    start: datetime
    vault: Vault

    def fill(self, sample: Sample) -> Version:
        """Publish the policy and build a company for every store of its map."""
        with ExitStack() as opened:
            own = opened.enter_context(_engine(self.template / _OWN))
            prepare(own)
            for name in self.source.maps:
                company = opened.enter_context(_engine(self.template / f"{name}.db"))
                build(company, sample.schema, sample.spec, people=_PEOPLE, seed=_SEED)
                names = {"phone": _PERSON.phone.reveal(), "email": _PERSON.email.reveal()}
                join(company, sample.spec, identifiers=names, seed=_SEED)
            with own.begin() as connection:
                work = Work(connection, self.start, system_entropy)
                return publish(work, self.source.policy, self.source.map_values, by="drill")

    @contextmanager
    def sandbox(self, version: Version, notice: Callable[[str], str]) -> Iterator[Sandbox]:
        """One copy of the template, opened."""
        with tempfile.TemporaryDirectory(prefix="sandbox-", dir=self.template.parent) as place, ExitStack() as opened:
            folder = Path(place)
            shutil.copytree(self.template, folder, dirs_exist_ok=True)
            own = opened.enter_context(_engine(folder / _OWN))
            company = {name: opened.enter_context(_engine(folder / f"{name}.db")) for name in self.source.maps}
            clock = SettableClock(self.start)
            yield Sandbox(
                begin=_begin(own, clock),
                clock=clock,
                vault=self.vault,
                signer=Signer.from_seed("drill.example/journal", system_entropy(KEY_BYTES)),
                version=version,
                stores=lambda one: _stores(one, folder),
                company=company,
                person=_PERSON,
                folder=folder,
                errands=Errands(),
                notice=notice,
            )


@contextmanager
def _engine(path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


def _begin(engine: sa.Engine, clock: SettableClock) -> Begin:
    @contextmanager
    def begin() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, clock.now(), system_entropy)

    return begin


def _notice(version: Version, language: str) -> str:
    return page(version.policy, language, version=version.id, published=version.published_at.date())


def _stores(version: Version, folder: Path) -> Stores:
    maps = {name: from_value(value) for name, value in version.maps.items()}
    # The sandbox's own file, wherever the map's reference leads in the real world.
    return {name: open_store(found, partial(_url, folder, name)) for name, found in maps.items()}


def _url(folder: Path, store: str, _reference: str) -> str:
    return f"sqlite:///{folder / store}.db"
