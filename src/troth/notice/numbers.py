"""How sections are numbered: 一、 and （一） in Chinese, 1. and 1.1 in English."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_TEN = 10


def numeral(path: tuple[int, ...], language: str) -> str:
    """The number of the section at `path`, which counts from one at each depth. Two depths have their own form."""
    if language == "zh":
        last = _chinese(path[-1])
        return f"{last}、" if len(path) == 1 else f"（{last}）"
    return f"{path[0]}." if len(path) == 1 else ".".join(str(n) for n in path)


def _chinese(number: int) -> str:
    """A number below one hundred in Chinese; a longer document than that falls back to digits."""
    tens, ones = divmod(number, _TEN)
    if tens >= _TEN:
        return str(number)
    head = "" if not tens else ("" if tens == 1 else _DIGITS[tens]) + "十"
    return head + (_DIGITS[ones] if ones or not head else "")
