"""After the story: the portal and the console, with somebody who can sign in to each."""

from __future__ import annotations

from dataclasses import replace

import uvicorn

from troth.app.clock import ShiftedClock, SystemClock
from troth.app.drills.practice import read_sample
from troth.consent.service import accept
from troth.demo import naive
from troth.demo.acts_sign_up import INTERFACE, LANGUAGE
from troth.demo.world import NEIGHBOUR_EMAIL, NEIGHBOUR_PHONE, STAFF, World
from troth.drill.sample.build import join
from troth.subjects.facts import change
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.web.server import create


def serve(world: World, port: int) -> None:
    """Serve until interrupted. The story's clock goes on from where the story ended."""
    _welcome_neighbour(world)
    address = f"http://127.0.0.1:{port}"
    settings = world.app.settings.model_copy(update={"base_url": address})
    app = replace(world.app, settings=settings, clock=ShiftedClock(SystemClock(), world.clock.now()))
    world.say(f"\nportal   {address}/          sign in as {NEIGHBOUR_EMAIL}")
    world.say(f"console  {address}/console   sign in as {STAFF}")
    world.say("The code comes by mail and is printed here. Stop with Ctrl-C.")
    worker = app.worker()
    worker.start()
    try:
        uvicorn.run(create(app), host="127.0.0.1", port=port, log_level="warning", access_log=False)
    finally:
        worker.stop()


def _welcome_neighbour(world: World) -> None:
    """Another customer, who stays: the story's person is gone for good."""
    if not naive.ids(world.company, NEIGHBOUR_EMAIL)["customers"]:
        names = {"phone": NEIGHBOUR_PHONE, "email": NEIGHBOUR_EMAIL}
        join(world.company, read_sample(world.policy_folder).spec, identifiers=names, seed=11)
    version = world.version()
    with world.app.begin() as work:
        found = [identifier("phone", NEIGHBOUR_PHONE), identifier("email", NEIGHBOUR_EMAIL)]
        subject = register(work, world.app.vault, found)
        change(work, subject, add=["account.open", "verified.phone", "verified.email"])
        accept(work, world.app.vault, version, subject, language=LANGUAGE, interface=INTERFACE)
