"""Plays the acts in order, each once, and says what held."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from troth.base.errors import TrothError
from troth.demo.state import load, save
from troth.demo.world import World, close_world, open_world
from troth.drill.model import BrokenError

Play = Callable[[World], None]


@dataclass(frozen=True)
class Act:
    """One act: what it shows, and the play that shows it. A play that is repeated after a kill does nothing twice."""

    title: str
    play: Play


def open_story(folder: Path, policy_folder: Path, acts: int, say: Callable[[str], None]) -> World:
    """A fresh world, or the one in which a killed story stopped; a story that is over is cleared away."""
    if load(folder / "story.json").held >= acts:
        shutil.rmtree(folder)
    world = open_world(folder, policy_folder, say)
    if world.state.held:
        say(f"going on after act {world.state.held}, where the last run stopped")
    return world


Timed = Callable[[Act, float], None]
"""Told of each act that held, with the seconds it took."""


def play(world: World, acts: tuple[Act, ...], timed: Timed) -> bool:
    """Play what is left; whether all held. A broken act ends the story: later ones rest on it."""
    for number, act in enumerate(acts, start=1):
        if number <= world.state.held:
            continue
        world.say(f"\n[{number}/{len(acts)}] {act.title}")
        started = time.perf_counter()
        broken = _broken(world, act)
        if broken:
            world.say(f"      BROKEN: {broken}")
            return False
        world.state.held = number
        save(world.folder / "story.json", world.state)
        timed(act, time.perf_counter() - started)
    return True


def _broken(world: World, act: Act) -> str:
    try:
        act.play(world)
    except BrokenError as seen:
        return str(seen)
    except TrothError as error:
        return "; ".join(str(problem) for problem in error.problems())
    return ""


def end(world: World) -> None:
    """Close the story's world."""
    close_world(world)
