"""Acts five and six: a copy of everything, and a withdrawal."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

from troth.base.sensitive import Sensitive
from troth.consent.model import VALID
from troth.consent.service import state, withdraw
from troth.demo import naive
from troth.demo.acts_sign_up import INTERFACE, LANGUAGE, PUSH, ask
from troth.demo.world import EMAIL, World
from troth.drill.model import expect
from troth.journal import merkle
from troth.journal.nodes import reader
from troth.journal.service import entries, inclusion, size
from troth.requests.fulfilment.package import read
from troth.requests.service import open_request
from troth.subjects import codes
from troth.subjects.facts import change
from troth.subjects.identifier import identifier

_AIM = "sign-in"


def copy(world: World) -> None:
    """Sign in by a code that comes by mail, ask for a copy, and hold it against a count made by hand."""
    world.at(timedelta(days=1))
    if not world.asked("copy"):
        _sign_in_by_mail(world)
        version = world.version()
        with world.app.begin() as work:
            open_request(
                work,
                world.app.vault,
                version,
                world.subject,
                "copy",
                language=LANGUAGE,
                channel="portal",
                jobs=world.app.jobs,
            )
    world.run_due()
    (request,) = world.asked("copy")
    expect(request.state == "fulfilled", f"the copy is {request.state}, blocked by {request.blocked}")
    with world.app.begin() as work:
        package = read(work, world.app.vault, request.id)
    _hold_against_count(world, package)
    strictest = request.deadlines[0]
    due = f"{strictest.due_at:%Y-%m-%d} ({strictest.period}, {strictest.source})"
    world.say(f"      {request.reference}: due {due}, ready at once")


def withdraw_push(world: World) -> None:
    """Withdraw; the decision that was taken while the consent stood keeps its proof."""
    world.at(timedelta(days=2))
    if "past" not in world.state.kept:
        expect(ask(world, PUSH).outcome == "allowed", "push was not allowed while the consent stood")
        with world.app.begin() as work:
            world.keep("past", str(size(work) - 1))
    version = world.version()
    with world.app.begin() as work:
        if state(work, world.subject)["push"].status in VALID:
            withdraw(work, world.app.vault, version, world.subject, "push", language=LANGUAGE, interface=INTERFACE)
    answer = ask(world, PUSH)
    expect(answer.outcome == "denied", f"push is {answer.outcome} after the withdrawal")
    world.say(f"      now: {answer.outcome}: {answer.words(LANGUAGE)}")
    _prove_past(world, int(world.state.kept["past"]))


def _sign_in_by_mail(world: World) -> None:
    email = identifier("email", EMAIL)
    with world.app.begin() as work:
        code = codes.issue(work, world.app.vault, email, aim=_AIM)
    world.app.mail.send(
        Sensitive(EMAIL),
        "Your sign-in code",
        f"Your code is {code}. It is good for ten minutes.\n您的验证码是 {code},十分钟内有效。\n",
    )
    with world.app.begin() as work:
        codes.redeem(work, world.app.vault, email, world.post.last_code(), aim=_AIM)
        change(work, world.subject, add=["verified.email"])


def _hold_against_count(world: World, package: bytes) -> None:
    theirs = naive.ids(world.company, EMAIL)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = archive.namelist()
        held = {
            name.rsplit("/", 1)[-1].removesuffix(".json"): json.loads(archive.read(name))
            for name in names
            if name.startswith("data/")
        }
    expect("index.html" in names, "the copy has no readable page")
    for table, wanted in theirs.items():
        found = [row["id"] for row in held[table]["rows"]]
        expect(len(found) == len(wanted), f"the copy has {len(found)} rows of {table}, theirs are {len(wanted)}")
        expect(set(found) == wanted, f"the copy has other rows of {table} than theirs")
    rows = sum(map(len, theirs.values()))
    world.say(
        f"      ZIP of {len(package):,} bytes: a page to read, and {rows} rows as JSON: all of theirs, no other's"
    )


def _prove_past(world: World, index: int) -> None:
    with world.app.begin() as work:
        (entry,) = entries(work, index, 1)
        total = size(work)
        proof, root = inclusion(work, index, total), merkle.root(total, reader(work))
    merkle.check_inclusion(merkle.leaf_hash(entry.leaf), index, total, proof, root)
    told = json.loads(entry.leaf)
    expect(told["refs"]["outcome"] == "allowed", "the earlier decision reads otherwise now")
    world.say(
        f"      then: entry {index} still says allowed ({entry.at:%Y-%m-%d %H:%M}), proved by {len(proof)} hashes"
    )
