"""Acts one and two: the policy, and the company that makes it."""

from __future__ import annotations

import shutil
from datetime import timedelta

from troth.app.database import open_engine
from troth.app.drills.practice import read_sample
from troth.demo import naive
from troth.demo.world import World
from troth.drill.model import expect
from troth.drill.sample.build import build
from troth.journal.service import entries
from troth.policy.lint import lint
from troth.versions.service import publish as publish_version

_CUSTOMERS = 2000
_SEED = 2026


def publish(world: World) -> None:
    """Check the folder, publish version 1, find its hash in the journal."""
    world.at(timedelta())
    source = world.source()
    findings = lint(source.policy)
    errors = [finding for finding in findings if finding.severity == "error"]
    expect(not errors, f"the policy has {len(errors)} errors")
    world.say(f"      $ troth check {world.policy_folder}")
    world.say(
        f"      {len(source.policy.functions)} functions, {len(source.policy.items)} items; "
        f"{len(findings)} weak spots named, none that forbids publishing"
    )
    with world.app.begin() as work:
        version = publish_version(work, source.policy, source.map_values, by="officer")
        written = entries(work, version.entry, 1)
    expect(version.hash in written[0].leaf.decode(), "the version's hash is not in the journal")
    world.sign()
    world.say(f"      $ troth publish {world.policy_folder}")
    world.say(f"      {version.id} is journal entry {version.entry}, {version.hash[:19]}…")


def company(world: World) -> None:
    """Make the company's database, built aside and put in place whole."""
    if not naive.exists(world.company):
        world.going_on("      making the company's database …")
        _make_company(world)
        world.going_on("")
    sizes = naive.sizes(world.company)
    expect(sizes["customers"] >= _CUSTOMERS, f"the company has {sizes['customers']} customers")
    told = ", ".join(f"{number:,} {table.replace('_', ' ')}" for table, number in sizes.items())
    world.say(f"      {told}")
    problems = [problem for store in world.app.stores(world.version()).values() for problem in store.check()]
    expect(not problems, "; ".join(str(problem) for problem in problems))
    world.say("      the data map fits the live tables")


def _make_company(world: World) -> None:
    sample, draft = read_sample(world.policy_folder), world.folder / "company.draft"
    draft.unlink(missing_ok=True)
    engine = open_engine(f"sqlite:///{draft.resolve()}")
    build(engine, sample.schema, sample.spec, people=_CUSTOMERS, seed=_SEED)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    world.company.dispose()
    shutil.move(draft, world.folder / "company.db")
