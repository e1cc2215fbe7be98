"""The laws of the table: every path ends in a final state, nothing leaves one, and nothing moves but through it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.errors import ConflictError
from troth.requests import draw
from troth.requests.machine import FINAL, OPEN, START, TRANSITIONS, Event, State, move, possible

EVENTS = st.lists(st.sampled_from(list(Event)), max_size=30)


def after(events: list[Event]) -> State:
    """Where a request is after the events that were possible; the others are refused and change nothing."""
    state = START
    for event in events:
        if event in possible(state):
            state = move(state, event)
    return state


def reachable(start: State) -> set[State]:
    """A slow, obvious reference: everything that any number of moves leads to."""
    found = {start}
    while True:
        more = {to for (before, _), to in TRANSITIONS.items() if before in found} - found
        if not more:
            return found
        found |= more


def test_the_states_and_final_states_are_those_of_the_design() -> None:
    assert {state.value for state in OPEN} == {
        "received",
        "identifying",
        "doubted",
        "in_review",
        "clarifying",
        "priced",
        "deciding",
        "cooling_off",
        "in_progress",
        "held",
        "blocked",
    }
    assert {state.value for state in FINAL} == {"fulfilled", "recalled", "refused", "lapsed"}


def test_every_state_is_reachable_from_the_start() -> None:
    assert reachable(START) == set(State)


def test_from_every_state_a_final_state_is_reachable() -> None:
    for state in State:
        assert reachable(state) & FINAL, state


def test_the_only_ways_to_go_in_circles_are_to_be_tried_again_released_heard_decided_and_agreed_with() -> None:
    """A retry, a lifted hold, a reply, a proof, a decision and an agreement to a fee: each answers something that the
    world or a person brought."""
    answers = {Event.RETRY, Event.RELEASE, Event.REPLY, Event.PROVE, Event.ACCEPT, Event.PROCEED}
    without = {key: to for key, to in TRANSITIONS.items() if key[1] not in answers}
    for start in State:
        state, seen = {start}, set[State]()
        while state:
            state = {to for (before, _), to in without.items() if before in state}
            seen |= state
            assert start not in state
        assert seen <= set(State)


@given(EVENTS)
def test_nothing_leaves_a_final_state(events: list[Event]) -> None:
    state = after(events)
    if state in FINAL:
        assert possible(state) == ()
        for event in Event:
            with pytest.raises(ConflictError, match="not possible") as refused:
                move(state, event)
            assert refused.value.code == "requests.not-possible"
            assert "closed" in refused.value.hint


@given(EVENTS)
def test_whatever_happens_a_request_can_still_end(events: list[Event]) -> None:
    assert reachable(after(events)) & FINAL


@given(EVENTS)
def test_a_recalled_request_was_never_worked_on(events: list[Event]) -> None:
    happened: list[Event] = []
    state = START
    for event in events:
        if event in possible(state):
            happened.append(event)
            state = move(state, event)
    if state is State.RECALLED:
        assert not {Event.BEGIN, Event.ELAPSE, Event.COMPLETE} & set(happened)


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_a_move_is_possible_exactly_where_the_table_has_a_line(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert move(state, event) is TRANSITIONS[state, event]
        assert event in possible(state)
    else:
        with pytest.raises(ConflictError) as refused:
            move(state, event)
        assert f"`{event.value}`" in refused.value.message
        assert f"`{state.value}`" in refused.value.message


def test_the_reference_page_is_drawn_from_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "requests.md"
    assert page.read_text(encoding="utf-8") == draw.page(), "write `draw.page()` into it"


def test_the_drawing_has_one_arrow_for_every_line_of_the_table() -> None:
    drawn = draw.mermaid()
    for (before, event), to in TRANSITIONS.items():
        assert f"    {before.value} --> {to.value}: {event.value}\n" in drawn
    assert drawn.count("-->") == len(TRANSITIONS) + 1 + len(FINAL)
