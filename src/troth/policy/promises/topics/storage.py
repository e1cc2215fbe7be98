"""Where data is stored, and when it may leave."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Abroad
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, listed, number, pair, plains
from troth.policy.promises.words import CONSENTS

_COUNTRIES = {
    "cn": ("中国内地", "mainland China"),
    "hk": ("中国香港", "Hong Kong"),
    "us": ("美国", "the United States"),
    "eu": ("欧盟", "the European Union"),
    "gb": ("英国", "the United Kingdom"),
    "sg": ("新加坡", "Singapore"),
}


def find(teller: Teller) -> Iterator[Derived]:
    """The place, whether data goes abroad, and on which conditions."""
    storage = teller.policy.storage
    if storage is None:
        return
    places = (pair(_COUNTRIES[each]) if each in _COUNTRIES else number(each.upper()) for each in sorted(storage.inside))
    yield teller.promise(
        "storage.in", "stored-in-place", "信息存储在：{places}。", "Data is stored in {places}.", places=listed(places)
    )
    if storage.abroad is not None:
        yield from _abroad(teller, storage.abroad)


def _abroad(teller: Teller, abroad: Abroad) -> Iterator[Derived]:
    if abroad.rule == "never":
        yield teller.promise(
            "storage.abroad.rule", "abroad-by-condition", "信息不传输至境外。", "Data does not go abroad."
        )
    else:
        yield teller.promise(
            "storage.abroad.rule", "abroad-by-condition",
            "满足条件才可将信息传输至境外。", "Data goes abroad on conditions only.",
        )  # fmt: skip
    if abroad.needs:
        yield teller.promise(
            "storage.abroad.needs", "abroad-by-condition",
            "传输至境外须同时满足：{texts}。", "Going abroad takes all of this: {texts}.", texts=plains(abroad.needs),
        )  # fmt: skip
    if abroad.grade != "none":
        yield teller.promise(
            "storage.abroad.grade", "abroad-by-condition",
            "传输至境外须取得{consent}。", "Before data goes abroad, {consent} is asked for.",
            consent=pair(CONSENTS[abroad.grade]),
        )  # fmt: skip
