"""Charts: nothing overlaps or leaves the picture. The script is the one that its makers published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.web.console.charts import WIDTH, Row, chart

values = st.floats(0, 1e6, allow_nan=False)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    series = draw(st.integers(1, 3))
    return draw(
        st.lists(
            st.builds(
                Row,
                label=st.text("ab早期", max_size=30),
                values=st.lists(values, min_size=series, max_size=series),
                said=st.just(["1"] * series),
                limit=st.none() | values,
            ),
            max_size=12,
        )
    )


@given(rows())
def test_no_bar_leaves_the_picture_and_none_lies_on_another(given_: list[Row]) -> None:
    drawn = chart(given_)
    end = 0.0
    for row, group in zip(given_, drawn.groups, strict=True):
        assert group.label == row.label
        for bar in group.bars:
            assert bar.y >= end
            assert bar.width >= 0
            assert drawn.left + bar.width <= WIDTH - 60, "the value is said behind the bar"
            end = bar.y + drawn.bar
        if group.mark is not None:
            assert drawn.left <= group.mark[0] <= WIDTH - 60
    assert end <= drawn.height


@given(rows())
def test_a_bar_is_as_long_as_its_value(given_: list[Row]) -> None:
    bars = [bar for group in chart(given_).groups for bar in group.bars]
    longest = max((value for row in given_ for value in (*row.values, row.limit or 0)), default=0)
    if longest <= 0:
        assert all(bar.width == 0 for bar in bars)
        return
    room = WIDTH - chart(given_).left - 64
    for bar, value in zip(bars, (value for row in given_ for value in row.values), strict=True):
        assert bar.width == pytest.approx(value / longest * room, abs=0.1)


def test_long_labels_stand_above_their_bars_and_short_ones_beside_them() -> None:
    short, long = Row("May", [1], ["1"]), Row("自动化决策的说明", [1], ["1"])
    assert not chart([short]).above
    assert chart([short, long]).above
    assert chart([]).groups == []
