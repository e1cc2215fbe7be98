"""The sentences in which a difference is told, by language."""

from __future__ import annotations

from collections.abc import Mapping

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "same": "Nothing changes.",
        "added": "New: `{clause}`{value}.",
        "removed": "No longer there: `{clause}`{value}.",
        "changed": "`{clause}` was {old}, and is now {new}.",
        "changed-in": "The {tongue} text of `{clause}` was {old}, and is now {new}.",
        "differs": "`{clause}` changes.",
        "listed": "`{clause}` changes:{gained}{lost}.",
        "gained": " new is {names}",
        "lost": " left out is {names}",
        "join": ";",
        "value": ", {value}",
        "major": " A major change: {why}.",
        "none": "None of this is a major change by the policy's own list.",
        "tell": "Because of the major changes, {whom} must be told by {channels}{notice}{when}.",
        "unsaid": "Because of the major changes, {whom} must be told; the policy does not say how{notice}{when}.",
        "everybody": "everybody",
        "audiences": "everybody under the rules {names}",
        "but": "everybody but those under the rules {names}",
        "notice": ", {period} ahead",
        "when": " ({text})",
        "accept": "The new version applies to nobody before they accept it.",
        "accept-some": "For {whom}, the new version does not apply before they accept it.",
        "silence-some": "For {whom}, silence after the notice is acceptance: they need not accept anew.",
        "silence": "Nobody need accept anew: this policy takes silence after the notice for acceptance.",
        "consent": "`{clause}` must ask for consent again: what was agreed to no longer covers it.",
        "unclassified": "Whether `{clause}` (a major change by the policy's list) applies must be judged by a person.",
        "left-open": "`{clause}` is not a complete list: whether anything else is major must be judged by a person.",
        "event": "`{clause}` is an event outside the text; no comparison shows whether it happened.",
        "comma": ", ",
        "quote": "“{text}”",
        "yes": "yes",
        "no": "no",
    },
    "zh": {
        "same": "没有任何变化。",
        "added": "新增：`{clause}`{value}。",
        "removed": "删除：`{clause}`{value}。",
        "changed": "`{clause}`由{old}改为{new}。",
        "changed-in": "`{clause}`的{tongue}文本由{old}改为{new}。",
        "differs": "`{clause}`有变化。",
        "listed": "`{clause}`有变化：{gained}{lost}。",
        "gained": "增加{names}",
        "lost": "去掉{names}",
        "join": "；",
        "value": "，{value}",
        "major": "属于重大变更：{why}。",
        "none": "按照政策自己的清单，以上都不是重大变更。",
        "tell": "因有重大变更，须以{channels}告知{whom}{notice}{when}。",
        "unsaid": "因有重大变更，须告知{whom}，但政策未说明以何种方式{notice}{when}。",
        "everybody": "所有人",
        "audiences": "适用{names}规则的所有人",
        "but": "除适用{names}规则者以外的所有人",
        "notice": "，提前{period}",
        "when": "（{text}）",
        "accept": "新版本须经本人接受后才对其适用。",
        "accept-some": "对{whom}，新版本须经其本人接受后才适用。",
        "silence-some": "{whom}无需重新接受：告知之后的沉默视为接受。",
        "silence": "无需重新接受：按照本政策，告知之后的沉默视为接受。",
        "consent": "`{clause}`须重新征得同意：原来的同意已不能涵盖现在的处理。",
        "unclassified": "`{clause}`列为重大变更，是否适用须由人判断。",
        "left-open": "`{clause}`不是完整的清单：其余变化是否属于重大变更须由人判断。",
        "event": "`{clause}`是文本之外的事件，比较文本无法得知其是否发生。",
        "comma": "、",
        "quote": "“{text}”",
        "yes": "是",
        "no": "否",
    },
}

CHANNELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "popup": "a pop-up",
        "push": "a push message",
        "email": "e-mail",
        "homepage": "a notice on the home page",
        "announcement": "a public announcement",
    },
    "zh": {"popup": "弹窗", "push": "推送通知", "email": "电子邮件", "homepage": "首页公示", "announcement": "公告"},
}

TONGUES: Mapping[str, Mapping[str, str]] = {
    "en": {"zh": "Chinese", "en": "English"},
    "zh": {"zh": "中文", "en": "英文"},
}
"""What each language calls the languages in which policies are written."""
