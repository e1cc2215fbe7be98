"""The page of addresses is current, and complete."""

from __future__ import annotations

from pathlib import Path

from fastapi.routing import iter_route_contexts

from tests.web.world import World
from troth.web.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "routes.md"


def test_the_page_of_addresses_is_current(world: World) -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(world.web), "write `reference(web)` into it"


def test_every_address_has_a_line_that_says_who_and_what(world: World) -> None:
    methods = ("| DELETE", "| GET", "| POST")
    lines = [line.split(" | ") for line in reference(world.web).splitlines() if line.startswith(methods)]
    assert len(lines) == sum(len(route.methods or ()) for route in iter_route_contexts(world.web.routes))
    for _, _, who, what in lines:
        assert who.partition(":")[0] in {"public", "person", "program", "agent", "staff"}
        assert what.rstrip(" |").endswith(".")
