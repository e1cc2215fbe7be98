"""A drawn map is well-formed SVG that says every dataset and every reference, in both languages."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datamap.worlds import World, worlds
from troth.datamap.draw import draw
from troth.datamap.read import parse

SVG = "{http://www.w3.org/2000/svg}"


@settings(max_examples=40)
@given(world=worlds(), language=st.sampled_from(["zh", "en"]))
def test_every_dataset_is_a_box_and_every_reference_an_arrow_and_no_boxes_overlap(world: World, language: str) -> None:
    root = ET.fromstring(draw(world.found, language))
    boxes = [tuple(int(box.attrib[name]) for name in ("x", "y", "width", "height")) for box in root.iter(f"{SVG}rect")]
    assert len(boxes) == len(world.found.datasets)
    arrows = {path.attrib["aria-label"] for path in root.iter(f"{SVG}path") if "aria-label" in path.attrib}
    assert arrows == {f"{one.name}.{name}" for one in world.found.datasets.values() for name in one.references}
    assert not any(_overlap(a, b) for n, a in enumerate(boxes) for b in boxes[:n])
    width, height = int(root.attrib["width"]), int(root.attrib["height"])
    assert all(x + w <= width and y + h <= height for x, y, w, h in boxes)


def _overlap(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


@pytest.mark.parametrize(("language", "word"), [("zh", "账号"), ("en", "account")])
def test_it_speaks_the_language_asked_for(language: str, word: str) -> None:
    path = Path(__file__).parents[2] / "examples" / "kaiconn" / "map" / "company.yaml"
    found = parse({"m.yaml": path.read_text(encoding="utf-8")})["company"]
    text = draw(found, language)
    assert word in {node.text for node in ET.fromstring(text).iter(f"{SVG}text")}
    assert ("整行删除" in text) == (language == "zh")


@given(st.text(min_size=1, max_size=20))
def test_names_that_xml_would_trip_over_are_only_names(name: str) -> None:
    found = parse({"m.yaml": "store: s\nurl: env:X\ndatasets:\n  d: {label: d, key: id, fields: {id: none}}\n"})["s"]
    hostile = found.datasets["d"].__class__(
        **{**vars(found.datasets["d"]), "table": name, "label": {"zh": name, "en": name}}
    )
    assert ET.fromstring(draw(found.__class__(**{**vars(found), "datasets": {"d": hostile}}), "en")) is not None
