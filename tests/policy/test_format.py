"""Laws of the house style, each named after its sentence, and what it looks like."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.strategies import Value, as_yaml, shuffled, slowly, values
from tests.policy.support import ROOT, SHOP, policy_of, shop
from troth.base.errors import InputError
from troth.policy.comments import comments
from troth.policy.format import WIDTH, formatted
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.policy.schema.records import record
from troth.policy.yaml_reader import plain, read

EXAMPLES = sorted((ROOT / "examples").glob("*/*.yaml"))
POLICIES = sorted((ROOT / "examples").glob("*/policy*.yaml"))
EACH = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")

NASTY = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["no", "null", "~", "0x1F", "1e3", "-", "- a", "? a", "a: b", "a #b", "#", "a:", "'", '"', "\\", "it's", '"a" b\\',
     "a, b", "[a]", "{a}", "...", "--- a", "%a", "@a", "`a`", "\u2028", "\x85", "\ufeff", "\x7f", "\x00", " a", "a ",
     "a\nb", "\t", "999999999999999999999999", ".inf", "https://a.example/b?c#d", "12:30", "🙂", "a:b", "=", "<<"]
)  # fmt: skip
KEYS = st.sampled_from(["items", "title", "troth", "zh", "en", "label", "no", "a b", "1", "#", "x: y", "手", "right"])


def strewn(text: str, dice: random.Random) -> str:
    """The text with comments and empty lines wherever they change nothing."""
    lines = text.split("\n")
    meaning = plain(read("a", text))
    for n in range(dice.randint(1, 12)):
        tried = list(lines)
        at = dice.randrange(len(tried))
        comment = f"#~{n}~ 注 'it"
        match dice.randrange(4):
            case 0:
                tried[at] += f"  {comment}"
            case 1:
                tried.insert(at, "")
            case _:
                tried.insert(at, " " * dice.randrange(6) + comment)
        with_comment = "\n".join(tried)
        if _means(with_comment, meaning):
            lines = tried
    return "\n".join(lines)


def _means(text: str, meaning: object) -> bool:
    try:
        return plain(read("a", text)) == meaning
    except InputError:
        return False


def marks(text: str) -> Counter[str]:
    """How often each strewn comment stands in a text."""
    return Counter(re.findall(r"#~[0-9]+~ 注 'it", text))


def styled(value: object, dice: random.Random) -> str:
    """YAML of a value in one of the ways in which people and programs write it."""
    flow = dice.choice([True, False, None])
    width = dice.choice([20, 80, 500])
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=width)
    return text


@EACH
def test_the_house_style_of_an_example_is_settled_means_the_same_and_keeps_its_comments(path: Path) -> None:
    text = path.read_text("utf-8")
    styled_text = formatted(path.name, text)
    assert formatted(path.name, styled_text) == styled_text
    assert plain(read("a", styled_text)) == plain(read("a", text))
    assert Counter(each.text for each in comments(styled_text)) == Counter(each.text for each in comments(text))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.parent.name)
def test_no_comment_of_an_example_is_overlooked(path: Path) -> None:
    """Slow and obvious: in these files a `#` after a space, outside quotes, begins a comment."""
    text = path.read_text("utf-8")
    bare = re.sub(r"""(?<=: )(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", "text", text)
    seen = [match[0].strip() for match in re.finditer(r"(?m)(^\s*|[ \t])#.*$", bare)]
    assert seen == [each.text for each in comments(text)]


@slowly
@given(values(), st.integers(0, 2**32))
def test_formatting_keeps_the_meaning_and_every_comment_and_is_settled_at_once(value: Value, seed: int) -> None:
    dice = random.Random(seed)
    text = strewn(styled(shuffled(value, seed), dice), dice)
    done = formatted("policy.yaml", text)
    assert parse({"a": done}).value == parse({"a": text}).value
    assert marks(done) == marks(text)
    assert formatted("policy.yaml", done) == done


@slowly
@given(values(), st.integers(0, 2**32))
def test_the_order_in_which_an_author_writes_keys_leaves_no_trace(value: Value, seed: int) -> None:
    keys = list(record(Policy).keys)
    done = formatted("a", as_yaml(shuffled(value, seed)))
    tops = [line.split(":")[0] for line in done.splitlines() if line[:1].isalpha()]
    assert tops == sorted(tops, key=keys.index)
    assert sorted(tops) == sorted(value)


@slowly
@given(
    st.dictionaries(
        KEYS,
        st.recursive(
            NASTY | st.none() | st.booleans() | st.integers(-9, 9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
            max_leaves=12,
        ),
        max_size=5,
    ),
    st.integers(0, 2**32),
)
def test_whatever_can_be_read_can_be_formatted_and_is_the_same_value(value: Value, seed: int) -> None:
    dice = random.Random(seed)
    text = strewn(styled(value, dice), dice)
    done = formatted("a", text)
    assert plain(read("a", done)) == plain(read("a", text))
    assert marks(done) == marks(text)
    assert formatted("a", done) == done


@slowly
@given(NASTY)
def test_a_text_is_quoted_only_where_it_would_be_read_as_something_else(text: str) -> None:
    written = yaml.safe_dump({"key": text}, allow_unicode=True)
    meaning = plain(read("a", written))
    done = formatted("a", written)
    if done != f"key: {text}\n":
        assert not _plainly(f"key: {text}\n", text) or text[:1] in "-?:.=<"
    assert plain(read("a", done)) == meaning


def _plainly(text: str, meaning: str) -> bool:
    return meaning.isprintable() and _means(text, {"key": meaning})


@pytest.mark.parametrize("bad", ["", "- a", "a: [", "a: *b", "a: 1\na: 2", "a: !x 1", "a: \x00"])
def test_what_the_reader_refuses_is_refused_with_the_readers_problems(bad: str) -> None:
    with pytest.raises(InputError) as refused:
        read("policy.yaml", bad)
    with pytest.raises(InputError) as caught:
        formatted("policy.yaml", bad)
    assert caught.value.problems() == refused.value.problems()


def lines_of(text: str) -> Iterator[str]:
    yield from formatted("a", text).splitlines()


def test_records_and_texts_flow_and_families_have_a_line_a_member() -> None:
    text = """
        purposes: {b: {label: {en: B, zh: 乙}}, a: {part_of: b, label: A}}
        languages:
          - zh
          - en
        troth: 1
        rights:
          erasure:
            within: "15 days"
            label: 'erasure'
          access: {label: access, cases: {two: second, one: "first: yes"}}
    """
    assert list(lines_of(text)) == [
        "troth: 1",
        "languages: [zh, en]",
        "purposes:",
        "  b: {label: {zh: 乙, en: B}}",
        "  a: {label: A, part_of: b}",
        "rights:",
        "  erasure: {label: erasure, within: 15 days}",
        "  access:",
        "    label: access",
        "    cases:",
        "      two: second",
        '      one: "first: yes"',
    ]


@pytest.mark.parametrize(("more", "lines"), [(0, 1), (1, 3)])
def test_a_line_is_broken_only_where_it_is_too_wide(more: int, lines: int) -> None:
    wide = "手" * 5 + "x" * (WIDTH - len("title: {en: , zh: a}") - 10 + more)
    assert len(list(lines_of(f"title: {{en: {wide}, zh: a}}"))) == lines


def test_comments_go_with_what_they_speak_of() -> None:
    text = """\
# The head of the file.

# why
purposes:   # they come late
  a: {label: A}   # the only one
  # before b
  b:
    # inside b
    label: B

# first
troth: 1
languages: [en,   # English
  # and Chinese
  zh]
# the end
"""
    assert (
        formatted("a", text)
        == """\
# The head of the file.

# first
troth: 1
languages:  # English
  - en
  # and Chinese
  - zh

# why
purposes:  # they come late
  a: {label: A}  # the only one
  # before b
  b:
    # inside b
    label: B
# the end
"""
    )


def test_what_is_not_yet_a_policy_keeps_its_unknown_keys_after_the_known_ones() -> None:
    assert list(lines_of("zzz: {b: 1, a: 2}\npolicy: shop\nitems: {a: {lable: A, category: c}}")) == [
        "policy: shop",
        "items:",
        "  a: {category: c, lable: A}",
        "zzz: {b: 1, a: 2}",
    ]


def test_numbers_and_words_stay_what_they_were() -> None:
    text = "a: 0x1F\nb: '31'\nc: no\nd: true\ne: 'true'\nf: ~\ng:\nh: 1.50\n"
    assert formatted("p", text) == 'a: 0x1F\nb: "31"\nc: no\nd: true\ne: "true"\nf: ~\ng: null\nh: 1.50\n'


def test_the_policy_of_the_shop_is_the_same_policy() -> None:
    assert policy_of(formatted("a", SHOP)).hash == policy_of(shop()).hash
