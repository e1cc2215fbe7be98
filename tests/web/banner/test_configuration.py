"""What the script is told: the same for everybody, in each language whole, and nothing that the script does not use."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from tests.web.banner.caller import Caller
from tests.web.banner.shop import POLICY, SEPARATE, SIGNAL
from tests.web.banner.site import Site
from troth.base.text import LANGUAGES
from troth.web.banner.words import WORDS

SCRIPT = (resources.files("troth.web.banner") / "banner.js").read_text(encoding="utf-8")


def test_the_banner_says_the_same_in_both_languages() -> None:
    assert set(WORDS) == set(LANGUAGES)
    assert len({frozenset(words) for words in WORDS.values()}) == 1
    for key in WORDS["en"]:
        fields = [set(re.findall(r"\{(\w+)\}", WORDS[language][key])) for language in LANGUAGES]
        assert fields[0] == fields[1], key
        assert all(WORDS[language][key].strip() for language in LANGUAGES)


def test_every_word_is_used_by_the_script_and_the_script_uses_no_other() -> None:
    used = set(re.findall(r"words\.(\w+)", SCRIPT)) | set(re.findall(r"words\['([\w-]+)'\]", SCRIPT))
    assert "words[which]" in SCRIPT
    used |= set(re.findall(r"which = .* \? '(\w+)' : '(\w+)'", SCRIPT)[0])
    assert used == set(WORDS["en"])


def test_the_matters_are_told_with_the_ledgers_own_text(there: Site) -> None:
    told = Caller(there).load()
    (ads,) = [one for one in told["matters"] if one["name"] == "ads"]
    assert ads["label"] == {"en": "personalised ads", "zh": "个性化广告"}
    assert "Provided to Example Ad Network: what you click" in ads["shown"]["en"]
    assert "提供给“示例广告网络”的信息：点击记录" in ads["shown"]["zh"]
    assert (ads["alone"], ads["signal"]) == (False, True)
    basket, own = told["always"]
    assert basket == {"label": {"en": "shopping basket", "zh": "购物车"}, "names": ["basket"]}
    assert own["names"] == re.findall(r"KEPT_AS = '(\w+)'", SCRIPT), "the banner's own cookie is told as well"
    assert told["stored"] == [
        {"kind": "cookie", "names": ["_ad"], "for": ["ads"]},
        {"kind": "cookie", "names": ["_v*"], "for": ["analytics"]},
        {"kind": "storage", "names": ["heat.*"], "for": ["analytics"]},
    ]
    assert told["languages"] == ["en", "zh"]
    assert told["notice"] == f"{there.app.settings.base_url}/policy"


@pytest.mark.parametrize(
    ("base", "files"),
    [
        (POLICY.replace("visit statistics", "counting"), (SIGNAL,)),
        (POLICY.replace("访问统计", "统计"), (SIGNAL,)),
        (POLICY.replace('"_v*"', '"_w*"'), (SIGNAL,)),
        (POLICY, ()),
        (POLICY, (SIGNAL, SEPARATE)),
        (POLICY.replace("shopping basket", "basket"), (SIGNAL,)),
    ],
)
def test_whatever_a_visitor_may_be_shown_changes_the_hash(there: Site, base: str, files: tuple[str, ...]) -> None:
    caller = Caller(there)
    before = caller.load()["hash"]
    assert caller.load()["hash"] == before
    there.publish(*files, base=base)
    assert caller.load()["hash"] != before


def test_a_policy_in_one_language_is_asked_about_in_that_one(there: Site) -> None:
    there.publish(base=re.sub(r"zh: [^,}]+, ", "", POLICY).replace("languages: [en, zh]", "languages: [en]"))
    told = Caller(there).load()
    assert told["languages"] == list(told["words"]) == ["en"]
    assert all(list(one["shown"]) == ["en"] for one in told["matters"])
    caller = Caller(there)
    assert caller.send(caller.body({"ads": "given"}, language="zh")).json()["code"] == "banner.unknown-language"


def test_an_unknown_policy_is_told_as_json_whatever_is_accepted(there: Site) -> None:
    response = Caller(there, Accept="*/*").client.get("/banner/v1/nothing")
    assert response.status_code == 422
    assert response.json()["code"] == "versions.unknown"


CALIFORNIA = """
rule_sets:
  california:
    label: {zh: 加州居民, en: residents of California}
    audience: {zh: 加州居民, en: residents of California}
    regimes: [us-ca]
    functions:
      resale: {label: {zh: 转售, en: resale}, for: advertising, basis: consent, grade: explicit, needs: [usage.clicks]}
"""


def test_an_audience_is_asked_by_its_own_rules_and_remembered_as_one(there: Site) -> None:
    there.publish(SIGNAL, CALIFORNIA)
    caller = Caller(there)
    assert [one["name"] for one in caller.load()["matters"]] == ["ads", "analytics"]
    narrowed = caller.load(audience="california")
    assert [one["name"] for one in narrowed["matters"]] == ["ads", "analytics", "resale"]
    told = caller.choose({"resale": "given"}, audience="california", shown=narrowed["hash"])
    assert told["states"] == {"resale": "given"}
    stale = caller.send(caller.body({"ads": "given"}, audience="california"))
    assert stale.json()["code"] == "banner.stale", "the general rules were shown, not California's"


@pytest.mark.parametrize(("path", "kind"), [("/banner.js", "text/javascript"), ("/banner.css", "text/css")])
def test_any_site_may_load_the_files_and_asks_later_whether_they_changed(there: Site, path: str, kind: str) -> None:
    client = Caller(there).client
    found = client.get(path)
    assert found.headers["content-type"] == f"{kind}; charset=utf-8"
    assert found.headers["cross-origin-resource-policy"] == "cross-origin"
    assert found.headers["access-control-allow-origin"] == "*"
    assert "max-age=3600" in found.headers["cache-control"]
    again = client.get(path, headers={"If-None-Match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == found.content


def test_the_questions_are_asked_for_again_only_when_they_changed(there: Site) -> None:
    caller = Caller(there)
    mark = caller.client.get("/banner/v1/shop").headers["etag"]
    assert caller.client.get("/banner/v1/shop", headers={"If-None-Match": mark}).status_code == 304
    there.publish()
    assert caller.client.get("/banner/v1/shop", headers={"If-None-Match": mark}).status_code == 200
