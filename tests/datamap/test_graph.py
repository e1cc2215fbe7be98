"""How ownership runs: who is reached, in which order, and where it goes round."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from troth.datamap.graph import Group, chains, components, may_be_shared, reachable
from troth.datamap.model import StoreMap
from troth.datamap.read import from_value


def _map(roots: str, **owners: str) -> StoreMap:
    """A map from lines such as `orders="customers"`: who owns whom."""
    datasets = {}
    for name in dict.fromkeys([*roots.split(), *owners]):
        above = owners.get(name, "").split()
        columns = [f"{parent}_{number}" for number, parent in enumerate(above)]
        datasets[name] = {
            "label": name,
            "key": "id",
            "identifies": {"email": "email"} if name in roots.split() else {},
            "refers": {column: f"{parent}.id" for column, parent in zip(columns, above, strict=True)},
            "owner": columns,
            "fields": dict.fromkeys(["id", "email", *columns], "none"),
        }
    return from_value({"store": "s", "url": "u", "datasets": datasets})


def _order(found: StoreMap) -> list[str]:
    return [name for group in reachable(found) for name in group.members]


def test_owners_come_before_what_they_own() -> None:
    found = _map("a", d="b c", c="a", b="a")
    order = _order(found)
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order[0] == "a"
    assert order[-1] == "d"


def test_what_nobody_leads_to_is_not_reached_and_does_not_reach() -> None:
    found = _map("a", b="a", x="", y="x", z="y b")
    assert sorted(_order(found)) == ["a", "b", "z"]


def test_a_dataset_that_owns_itself_is_a_circle_of_one() -> None:
    first, own = reachable(_map("a", b="a b"))
    assert first == Group("a", (), is_circular=False)
    assert own == Group("b", (), is_circular=True)


def test_a_circle_is_entered_at_a_dataset_through_which_all_of_it_passes() -> None:
    (first, circle) = reachable(_map("a", b="a d", c="b", d="c"))
    assert first.members == ("a",)
    assert circle.is_circular
    assert set(circle.members) == {"b", "c", "d"}
    both = reachable(_map("a", a="b", b="a b", c="b"))[0]
    assert both.head == "b"


def test_circles_without_a_common_dataset_are_too_tangled_for_a_plan() -> None:
    (group,) = reachable(_map("a", a="a b", b="b a"))
    assert group.head is None
    assert set(group.members) == {"a", "b"}


def test_only_where_two_ways_lead_up_can_a_row_be_shared() -> None:
    found = _map("a", b="a", c="b", two="a b", under="two", round="a round")
    assert may_be_shared(found, reachable(found)) == {"two", "under", "round"}


def test_chains_lead_from_a_dataset_of_a_circle_down_to_its_head() -> None:
    found = _map("a", b="a d", c="b", d="c b")
    circle = reachable(found)[1]
    assert circle.head is not None
    ways = {tuple(name for name, _ in way.links) for way in chains(found, circle, circle.head)}
    assert all(way[-1] == circle.head for way in ways)
    assert len(ways) == 2, "through c and past it"


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), min_size=1))
def test_components_are_a_partition_in_which_no_parent_comes_late(parents: dict[str, set[str]]) -> None:
    found = components(parents)
    assert sorted(name for one in found for name in one) == sorted(parents)
    place = {name: number for number, one in enumerate(found) for name in one}
    assert all(place[parent] <= place[name] for name in parents for parent in parents[name] if parent in parents)


@given(st.dictionaries(st.sampled_from("abcde"), st.sets(st.sampled_from("abcde")), min_size=1))
def test_two_are_in_one_component_exactly_if_each_reaches_the_other(parents: dict[str, set[str]]) -> None:
    reach = {name: {name} | (parents[name] & parents.keys()) for name in parents}
    for _ in parents:
        reach = {name: set().union(*(reach[one] for one in reach[name])) for name in parents}
    place = {name: number for number, one in enumerate(components(parents)) for name in one}
    for one in parents:
        for other in parents:
            assert (place[one] == place[other]) == (other in reach[one] and one in reach[other])
