"""The words of the banner. They are part of what a person agrees to, so they are hashed with the policy's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from troth.base.text import Language, Text

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "title": "由您选择",
        "first": (
            "{controller}希望使用 Cookie 及类似技术，用于以下事项。这些事项需要您的同意；"
            "在您同意之前，一项也不会开启。您可以随时更改选择，与同意一样方便。"
        ),
        "again": "我们新增或更改了以下事项，因此请您就此作出选择。您先前的其他选择保持不变。",
        "refuse": "全部拒绝",
        "accept": "全部接受",
        "choose": "自行选择",
        "choices": "您的选择",
        "save": "保存选择",
        "back": "返回",
        "always": "始终开启",
        "always-text": "以下各项不以您的同意为依据，因此不能在此关闭。",
        "alone": "须单独同意：请用此开关作出选择。",
        "alone-text": "以下事项须分别征得您的同意，不包含在“全部接受”之内。",
        "notice": "隐私政策",
        "signal": "已按您浏览器的隐私信号退出",
        "signal-text": "您的浏览器发出了“全球隐私控制”信号，我们已据此为您退出：{matters}。",
        "signal-off": "因您浏览器的隐私信号而关闭。",
        "saving": "正在保存……",
        "failed": "未能保存您的选择，因此没有开启任何事项。请重试。",
        "stale": "我们的政策刚刚更新，请重新选择。",
        "between": "、",
    },
    "en": {
        "title": "Your choice",
        "first": (
            "{controller} would like to use cookies and similar technologies for what is listed here. It needs your "
            "consent: nothing of it is on until you agree. You can change your mind at any time, as easily as you "
            "agree."
        ),
        "again": (
            "This is new or has changed since you chose, so we ask you about it. "
            "Whatever else you chose before stays as it is."
        ),
        "refuse": "Reject all",
        "accept": "Accept all",
        "choose": "Choose",
        "choices": "Your choices",
        "save": "Save choices",
        "back": "Close",
        "always": "Always on",
        "always-text": "These do not rest on your consent, so they cannot be switched off here.",
        "alone": "Needs a consent of its own: choose with this switch.",
        "alone-text": "Each of these needs a consent of its own and is no part of “Accept all”.",
        "notice": "Privacy policy",
        "signal": "Opt-out request honoured",
        "signal-text": "Your browser sends the Global Privacy Control signal. We have opted you out of: {matters}.",
        "signal-off": "Off because of your browser’s privacy signal.",
        "saving": "Saving…",
        "failed": "Your choice could not be saved, so nothing was switched on. Please try again.",
        "stale": "Our policy has just changed. Please choose again.",
        "between": ", ",
    },
}

COOKIE: Final = "troth_cc_cookie"
"""The website's cookie in which the script keeps the answers.

In its name is that of cookieconsent's own cookie: programs that refuse for people look for it to see that it worked.
"""

COOKIE_LABEL: Final[Text] = {
    "zh": "您在此作出的选择，以及本浏览器的随机编号",
    "en": "the choices that you make here, under a random number for this browser",
}
