"""The acts of the story, each by the clock on the wall."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.harness import Figure, Measure
from troth.demo.acts import ACTS
from troth.demo.story import end, open_story, play

NAMES = (
    "policy.story_publish",
    "plan.story_company",
    "consent.story_sign_up",
    "decision.story_answers",
    "request.story_copy",
    "consent.story_withdraw",
    "request.story_close",
    "journal.story_verify",
    "policy.story_drill",
)


def acts() -> Iterable[Figure]:
    """One whole story in a fresh folder."""
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        world = open_story(Path(folder) / "story", Path("examples/kaiconn"), len(ACTS), lambda _line: None)
        try:
            held = play(world, ACTS, lambda _act, took: seconds.append(took))
        finally:
            end(world)
    assert held, "the story broke"
    for name, took, act in zip(NAMES, seconds, ACTS, strict=True):
        yield Figure(name, took, "s", None, act.title)


BENCHMARKS: dict[str, Measure] = {",".join(NAMES): acts}
