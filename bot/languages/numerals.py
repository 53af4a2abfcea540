"""Chinese numerals as digits, where they count or place something: 九十年代, 两小时, 第三部.

A numeral inside a word (一起, 三国) counts nothing and stays. Values up to 9,999.
"""

from __future__ import annotations

import re

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "[零〇一二两三四五六七八九十百千]+"
_UNITS = "年代|年|个半小时|个?小时|个?钟头|分钟|块钱|块|元|美元|美金|欧元|码|号|岁"
_COUNTED = re.compile(rf"(?<=第){_NUMERAL}|{_NUMERAL}(?=多?(?:{_UNITS})|到{_NUMERAL}(?:{_UNITS}))")


def with_digits(text: str) -> str:
    """`text` with the numerals that count something as digits."""
    return _COUNTED.sub(lambda m: str(_value(m[0])), text)


def _value(numeral: str) -> int:
    if not any(c in _TENS for c in numeral):  # 一九九五, 九五
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total, digit = 0, 0
    for c in numeral:
        if c in _TENS:
            total += (digit or 1) * _TENS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit
