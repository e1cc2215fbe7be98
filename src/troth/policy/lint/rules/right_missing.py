"""The law gives a right that the policy does not mention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_LAWS: Mapping[str, Text] = {
    "cn": {"en": "PIPL", "zh": "《个人信息保护法》"},
    "eu": {"en": "GDPR", "zh": "欧盟《通用数据保护条例》"},
    "uk": {"en": "UK GDPR", "zh": "英国《通用数据保护条例》"},
    "us-ca": {"en": "Cal. Civ. Code", "zh": "《加州民法典》"},
}
_RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "cn": {
        "access": ("45",),
        "copy": ("45",),
        "portability": ("45",),
        "correction": ("46",),
        "erasure": ("47",),
        "objection": ("24", "44"),
        "withdrawal": ("15",),
        "explanation": ("24", "48"),
        "deceased": ("49",),
        "complaint": ("50",),
    },
    "eu": {
        "access": ("15",),
        "correction": ("16",),
        "erasure": ("17",),
        "restriction": ("18",),
        "portability": ("20",),
        "objection": ("21",),
        "withdrawal": ("7(3)",),
        "complaint": ("77",),
    },
    "us-ca": {
        "access": ("1798.110",),
        "erasure": ("1798.105",),
        "correction": ("1798.106",),
        "opt-out": ("1798.120",),
    },
}
_RIGHTS["uk"] = _RIGHTS["eu"]

SAYS = Wording(
    says={
        "en": "`{right}` is missing, which `{regime}` gives ({law})",
        "zh": "缺少`{right}`，而`{regime}`赋予了这项权利（{law}）",
    },
    hint={
        "en": "add a line `{right}: …` to `rights`",
        "zh": "请在`rights`中补充一行`{right}: …`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A regime of the policy knows a right that `rights` lacks."""
    for regime in policy.regimes:
        for right, articles in _RIGHTS.get(regime, {}).items():
            if right not in policy.rights:
                yield SAYS.at("rights", right=right, regime=regime, law=_law(regime, articles))


def _law(regime: str, articles: tuple[str, ...]) -> Text:
    """Where the law says it; the Californian code has sections, which its lawyers do not call articles."""
    word = "" if regime == "us-ca" else "art. " if len(articles) == 1 else "arts. "
    name = _LAWS[regime]
    return {"en": f"{name['en']} {word}{' and '.join(articles)}", "zh": f"{name['zh']}第{'、'.join(articles)}条"}


RULE = Rule("right-missing", "warning", find)
