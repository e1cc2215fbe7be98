"""A small policy that uses everything that consent and decisions look at."""

from __future__ import annotations

from troth.policy.model import Policy
from troth.policy.read import parse

TEXT = """
troth: 1
policy: shop
title: {zh: 小店隐私政策, en: Shop privacy policy}
updated: 2026-01-01
effective: 2026-01-01
languages: [zh, en]
prevails: zh
regimes: [cn]
acceptance: explicit
controller:
  name: {zh: 小店有限公司, en: Shop Ltd.}
  contacts: {email: privacy@shop.example, phone: +86 755 0000 0000}
items:
  account.phone: {label: {zh: 手机号码, en: mobile number}, sensitive: true}
  account.nickname: {label: {zh: 昵称, en: nickname}}
  device.imei: {label: IMEI}
  location.precise: {label: {zh: 位置, en: location}, sensitive: true}
  order.record: {label: {zh: 订单, en: orders}}
purposes:
  account: {label: {zh: 注册与登录, en: registration and sign-in}}
  push: {label: {zh: 消息推送, en: push messages}}
  ads: {label: {zh: 广告, en: advertising}}
functions:
  register:
    label: {zh: 注册, en: registration}
    for: account
    basis: contract
    needs: [account.phone]
    optional: [account.nickname]
    after: [verified.phone, accepted.policy]
  push:
    label: {zh: 推送, en: push}
    for: push
    basis: consent
    grade: explicit
    needs: [device.imei]
    optional: [location.precise]
    shares: [getui]
    withdrawn: stop processing
recipients:
  getui: {kind: sdk, name: {zh: 个推, en: igexin}, receives: [device.imei, order.record], for: push,
          policy: "https://getui.example/privacy"}
  bureau: {kind: partner, name: {zh: 广告局, en: ad bureau}, receives: [order.record], for: ads,
           basis: consent, grade: separate}
flows:
  sale:
    label: {zh: 出售订单, en: sale of orders}
    action: sell
    to: bureau
    for: ads
    items: [order.record]
    basis: consent
    grade: separate
minors: {below: 18, rule: barred}
"""


def policy(text: str = TEXT) -> Policy:
    """The policy that `text` declares."""
    return parse({"shop.yaml": text})


def dated(day: str, **replaced: str) -> Policy:
    """The sample, updated on `day`; each `old_word="new"` is replaced in its text."""
    text = TEXT.replace("updated: 2026-01-01", f"updated: {day}")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return policy(text)
