"""The YAML reader: what values mean, where they stand, and that nothing but an InputError ever comes out."""

from __future__ import annotations

import math
import time

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from troth.base.errors import InputError, Position, Problem
from troth.policy.yaml_reader import (
    DEEPEST,
    LARGEST_INTEGER,
    LONGEST_SCALAR,
    MOST_CHARACTERS,
    MOST_NODES,
    from_plain,
    plain,
    read,
    resolve,
)


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read("f.yaml", text)
    return [f"{each.where} {each.code}" for each in caught.value.problems()]


def found(text: str) -> tuple[Problem, ...]:
    try:
        node = read("f", text)
    except InputError as error:
        return error.problems()
    assert isinstance(node.value, dict)
    return ()


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("2022-10-01", "2022-10-01"),
        ("12:30:00", "12:30:00"),
        ("0755", 755),
        ("1_000", "1_000"),
        ("true", True),
        ("True", True),
        ("tRUE", "tRUE"),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-12", -12),
        ("+12", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b1", "0b1"),
        ("1.5", 1.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".", "."),
        ("-", "-"),
        ("1.2.3", "1.2.3"),
        ("+86 755 0000 0000", "+86 755 0000 0000"),
        (str(LARGEST_INTEGER), LARGEST_INTEGER),
        ("<<", "<<"),
    ],
)
def test_a_plain_scalar_means_what_the_core_schema_says(raw: str, meaning: object) -> None:
    resolved = resolve(raw)
    assert resolved == meaning
    assert type(resolved) is type(meaning)


@pytest.mark.parametrize("raw", [".inf", "-.INF", ".nan", "9" * 16, "-" + "9" * 400, "9" * 10_000, "1e999"])
def test_a_number_that_json_cannot_say_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="number"):
        resolve(raw)
    assert faults(f"key: {raw}") == ["f.yaml:1:6 yaml.number"]


def test_a_quoted_scalar_is_text() -> None:
    assert plain(read("f", "a: '12'\nb: \"true\"\nc: |\n  null\nd: >-\n  1.5\n")) == {
        "a": "12",
        "b": "true",
        "c": "null\n",
        "d": "1.5",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["f.yaml:1:1 yaml.root"]),
        ("# only a comment\n", ["f.yaml:1:1 yaml.root"]),
        ("- a\n- b", ["f.yaml:1:1 yaml.root"]),
        ("\n\n  text", ["f.yaml:3:3 yaml.root"]),
        ("a: 1\nb: 2\na: 3", ["f.yaml:3:1 yaml.duplicate-key"]),
        ("a: {b: 1, c: 2, b: 3}", ["f.yaml:1:17 yaml.duplicate-key"]),
        ("a: 1\n'a': 2", ["f.yaml:2:1 yaml.duplicate-key"]),
        ("a: &x 1\nb: *x", ["f.yaml:1:4 yaml.alias", "f.yaml:2:4 yaml.alias"]),
        ("a: &x\n  b: *x", ["f.yaml:1:4 yaml.alias", "f.yaml:2:6 yaml.alias"]),
        ("手机: 号码\n数据: *x", ["f.yaml:2:5 yaml.alias"]),
        ("a: !!python/object/apply:os.system [ls]", ["f.yaml:1:4 yaml.tag"]),
        ("a: !thing {}", ["f.yaml:1:4 yaml.tag"]),
        ("a: !!str 1", ["f.yaml:1:4 yaml.tag"]),
        ("? [a, b]\n: 1", ["f.yaml:1:3 yaml.key"]),
        ("? {a: b}\n: 1", ["f.yaml:1:3 yaml.key"]),
        (": 1", ["f.yaml:1:1 yaml.syntax"]),
        ("'': 1", ["f.yaml:1:1 yaml.key"]),
        ("a: 1\n---\nb: 2", ["f.yaml:2:1 yaml.many-documents"]),
        ("a: [1, 2", ["f.yaml:2:1 yaml.syntax"]),
        ("a: b: c", ["f.yaml:1:5 yaml.syntax"]),
        ("a:\n\t- b", ["f.yaml:2:1 yaml.syntax"]),
        ("a: 'b", ["f.yaml:1:6 yaml.syntax"]),
        ("a: \x07", ["f.yaml:1:4 yaml.encoding"]),
        ("ab: 1\nc: \x00", ["f.yaml:2:4 yaml.encoding"]),
        ("ab: 1\nc: é\udc80", ["f.yaml:2:5 yaml.encoding"]),
        ("%YAML 3.0\n---\na: 1", ["f.yaml:1:1 yaml.syntax"]),
    ],
)
def test_every_fault_has_its_code_line_and_column(text: str, expected: list[str]) -> None:
    lines = text.count("\n") + 1
    found = faults(text)
    assert (
        found == [each.replace("2:1 yaml.syntax", f"{lines + 1}:1 yaml.syntax") for each in expected]
        or found == expected
    )


def test_a_syntax_error_says_what_the_parser_missed() -> None:
    with pytest.raises(InputError) as caught:
        read("f.yaml", "a: [1, 2")
    assert caught.value.message == "did not find expected ',' or ']' while parsing a flow sequence"
    assert caught.value.hint


def test_all_faults_of_a_file_are_reported_together() -> None:
    text = "a: 1\na: 2\nb: .inf\nc: !x y\n"
    assert faults(text) == ["f.yaml:2:1 yaml.duplicate-key", "f.yaml:3:4 yaml.number", "f.yaml:4:4 yaml.tag"]


def test_a_byte_order_mark_moves_nothing() -> None:
    node = read("f", "\ufeffkey: value")
    assert isinstance(node.value, dict)
    assert node.key_position("key") == Position("f", 1, 1)
    assert node.value["key"].position == Position("f", 1, 6)


def test_positions_count_characters_not_bytes() -> None:
    node = read("政策.yaml", "标题: {中文: 每开, 英文: x}")
    assert isinstance(node.value, dict)
    title = node.value["标题"]
    assert title.key_position("英文") == Position("政策.yaml", 1, 14)
    assert title.key_position("absent") == title.position == Position("政策.yaml", 1, 5)


def test_nesting_is_bounded_and_costs_no_stack() -> None:
    depth = DEEPEST - 1
    assert found("a: " + "[" * depth + "]" * depth) == ()
    assert faults("a: " + "[" * (depth + 1) + "]" * (depth + 1)) == [f"f.yaml:1:{4 + depth} yaml.too-deep"]
    assert faults("[" * 200_000)[0].endswith("yaml.too-deep")
    assert faults("- " * 100_000)[0].endswith("yaml.too-deep")


def test_size_is_bounded() -> None:
    assert faults("a" * (MOST_CHARACTERS + 1)) == ["f.yaml:1:1 yaml.too-large"]
    assert faults("a: " + "b" * (LONGEST_SCALAR + 1)) == ["f.yaml:1:4 yaml.too-large"]
    assert faults("a: [" + "1," * MOST_NODES + "]")[0].endswith("yaml.too-large")


def test_a_billion_laughs_make_nobody_wait() -> None:
    laughs = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &b{n} [*a, *a]\n" for n in range(20))
    started = time.process_time()
    assert {each.split()[1] for each in faults(laughs)} == {"yaml.alias"}
    assert time.process_time() - started < 5


def test_thousands_of_lines_are_read_quickly() -> None:
    line = "  f{}: {{items: [account.phone, device.imei], for: push, action: share, to: getui, basis: consent}}\n"
    text = "flows:\n" + "".join(line.format(number) for number in range(4_000))
    started = time.process_time()
    node = read("f", text)
    assert time.process_time() - started < 5  # about half a second on a quiet machine
    assert isinstance(node.value, dict)
    assert isinstance(node.value["flows"].value, dict)
    assert len(node.value["flows"].value) == 4_000


@given(st.text())
@example("a: \ud800")
@example("\ufeff")
@example("a: \x85b")
@example('a: "\\ud800"')
@example('a: "\\U00110000"')
@example("%TAG ! tag:x,2000:\n---\na: !y z")
@example("a: *")
@example("&")
@example("? ")
@example("a: |9\n  x")
def test_any_text_gives_a_tree_or_an_input_error_with_a_place(text: str) -> None:
    for problem in found(text):
        assert problem.where is not None
        assert problem.where.column >= 1
        assert 1 <= problem.where.line <= len(text) + 2


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: "e" not in repr(number))
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc手机.", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc手机.", min_size=1), JSON, max_size=5))
def test_what_a_yaml_writer_writes_is_read_back(value: dict[str, object]) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    assert plain(read("f", text)) == value


@given(st.dictionaries(st.text(min_size=1), JSON, max_size=5))
def test_a_plain_value_survives_the_tree(value: dict[str, object]) -> None:
    assert plain(from_plain(value, Position("value", 1, 1))) == value


@pytest.mark.parametrize(("value", "code"), [({1: "a"}, "yaml.key"), ({"a": {1, 2}}, "yaml.root"), (b"a", "yaml.root")])
def test_a_value_that_is_not_json_is_refused(value: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        from_plain(value, Position("value", 1, 1))
    assert caught.value.code == code


def test_a_scalar_keeps_the_text_as_it_was_written() -> None:
    node = read("f", "phone: 0755\nratio: 1.50\nflag: TRUE")
    assert isinstance(node.value, dict)
    assert [child.raw for child in node.value.values()] == ["0755", "1.50", "TRUE"]
    assert math.isclose(float(str(node.value["ratio"].value)), 1.5)
