"""Every sentence that a clause can become, written out: `everything.yaml` has each key that promises something."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.policy.support import policy_with
from troth.policy.promises import promises

FOLDER = Path(__file__).parent / "promises"
MADE = promises(policy_with((FOLDER / "everything.yaml").read_text(encoding="utf-8")))
WRITTEN: list[dict[str, str]] = yaml.safe_load((FOLDER / "sentences.yaml").read_text(encoding="utf-8"))


def test_the_clauses_come_in_this_order() -> None:
    assert [each.clause for each in MADE] == [each["clause"] for each in WRITTEN]


@pytest.mark.parametrize("written", WRITTEN, ids=lambda each: each["clause"])
def test_a_clause_says_this(written: dict[str, str]) -> None:
    (made,) = [each for each in MADE if each.clause == written["clause"]]
    assert made.says == {"zh": written["zh"], "en": written["en"]}
    assert (made.control or "none") == written["control"]
