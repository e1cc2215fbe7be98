"""A shop of somebody else, on an address of its own: the policy it asks by, and pages that carry the banner's tag."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

POLICY = """
troth: 1
policy: shop
title: {zh: 灯铺隐私政策, en: Lamp Shop privacy policy}
updated: 2026-01-10
effective: 2026-01-10
languages: [en, zh]
regimes: [eu]
acceptance: explicit
controller:
  name: {zh: 灯铺示例公司, en: Lamp Shop Example Ltd}
  contacts: {email: privacy@shop.example, phone: +44 20 0000 0000}
items:
  usage.pages: {label: {zh: 浏览记录, en: pages that you look at}}
  usage.clicks: {label: {zh: 点击记录, en: what you click}}
  order.record: {label: {zh: 订单, en: orders}}
purposes:
  shop: {label: {zh: 购物, en: shopping}}
  statistics: {label: {zh: 统计访问, en: counting visits}}
  marketing: {label: {zh: 营销, en: marketing}}
  advertising: {label: {zh: 个性化广告, en: personalised advertising}, part_of: marketing}
functions:
  visit: {label: {zh: 浏览网店, en: using the shop}, for: shop, basis: contract, needs: [order.record]}
  analytics:
    label: {zh: 访问统计, en: visit statistics}
    for: statistics
    basis: consent
    grade: general
    needs: [usage.pages]
  ads:
    label: {zh: 个性化广告, en: personalised ads}
    for: advertising
    basis: consent
    grade: explicit
    needs: [usage.clicks]
    shares: [adnet]
recipients:
  adnet: {kind: partner, name: {zh: 示例广告网络, en: Example Ad Network}, receives: [usage.clicks], for: advertising}
technologies:
  basket: {label: {zh: 购物车, en: shopping basket}, for: shop, names: [basket], basis: contract, lasts: 7 days}
  counter:
    {label: {zh: 统计, en: counter}, for: statistics, names: ["_v*"], basis: consent, grade: general, lasts: 1 years}
  heat:
    label: {zh: 热图, en: heat map}
    kind: storage
    for: statistics
    names: ["heat.*"]
    basis: consent
    grade: general
    lasts: 1 years
  adverts:
    {label: {zh: 广告, en: adverts}, for: advertising, names: [_ad], basis: consent, grade: explicit, lasts: 90 days}
requests:
  within: 1 months
rights:
  erasure: {label: {zh: 删除, en: erasure}, by: [email], within: 1 months}
  withdrawal:
    label: {zh: 撤回同意, en: withdrawal of consent}
    by: [self-service]
    path: {zh: 网页底部的隐私设置, en: privacy settings at the foot of each page}
    asked_again: 6 months
"""

SIGNAL = """
signals:
  gpc: {label: {zh: 全球隐私控制, en: Global Privacy Control}, honoured: true, refuses: [marketing]}
"""

SEPARATE = """
purposes:
  advice: {label: {zh: 个性化推荐, en: personal recommendations}}
functions:
  advice:
    label: {zh: 个性化推荐, en: personal recommendations}
    for: advice
    basis: consent
    grade: separate
    needs: [order.record]
technologies:
  taste: {label: {zh: 偏好, en: taste}, for: advice, names: [_taste], basis: consent, grade: separate, lasts: 90 days}
"""

NEW_PURPOSE = """
purposes:
  research: {label: {zh: 产品研究, en: product research}}
functions:
  research:
    label: {zh: 产品研究, en: product research}
    for: research
    basis: consent
    grade: general
    needs: [usage.clicks]
technologies:
  survey:
    {label: {zh: 调查, en: survey}, for: research, names: [_survey], basis: consent, grade: general, lasts: 90 days}
"""

_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/shop.css">
<script src="{home}/banner.js" data-policy="shop"{attributes} defer></script></head>
<body><header><h1>{title}</h1></header>
<main><p>{text}</p><p><a href="/other">{other}</a> <button type="button" data-troth-open>{settings}</button></p>
<iframe title="map" data-troth="ads" data-troth-src="/frame"></iframe>
<script type="text/plain" data-troth="analytics" data-src="/counter.js"></script>
<script type="text/plain" data-troth="analytics" nonce="n0nce">
window.order = (window.order || []).concat('inline')</script>
<script type="text/plain" data-troth="ads" data-src="/ads.js"></script>
<script type="text/plain" data-troth="analytics ads" data-src="/both.js"></script>
<script type="text/plain" data-troth="unknown" data-src="/unknown.js"></script>
{more}</main></body></html>"""

_WORDS = {
    "en": {"title": "Lamp Shop", "text": "Lamps of every kind.", "other": "More lamps", "settings": "Privacy settings"},
    "zh": {"title": "灯铺", "text": "各式灯具。", "other": "更多灯具", "settings": "隐私设置"},
}
# What the tagged scripts do, in the manner of trackers: they store values and are seen to run.
_SCRIPTS = {
    "/counter.js": "document.cookie = '_visit=1; Path=/'; localStorage.setItem('heat.1', 'x');",
    "/ads.js": "document.cookie = '_ad=1; Path=/';",
    "/both.js": "",
    "/unknown.js": "",
}
_CSS = """
body { font-family: sans-serif; margin: 2rem; background: #fbf7ef }
p { color: #333 }
button { color: #a00 }
iframe { max-width: 100%; box-sizing: border-box }
"""


@dataclass
class Shop:
    """The site. `home` is where Troth is; `fetched` what browsers asked for; `csp` what the site allows its pages;
    `late` is a path whose answer takes its time.
    """

    home: str = ""
    lang: str = "en"
    attributes: str = ""
    more: str = ""
    csp: str = ""
    late: str = ""
    fetched: list[str] = field(default_factory=list)

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._answer)])

    def ran(self, name: str) -> int:
        """How often a tagged script was fetched."""
        return self.fetched.count(f"/{name}.js")

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.fetched.append(path)
        if path == self.late:
            await asyncio.sleep(0.3)
        if path in _SCRIPTS:
            name = path[1:-3]
            told = f"window.order = (window.order || []).concat('{name}');{_SCRIPTS[path]}"
            return Response(told, media_type="text/javascript")
        if path == "/shop.css":
            return Response(_CSS, media_type="text/css")
        if path == "/frame":
            return HTMLResponse("<!doctype html><html lang=en><title>map</title><p>map</p>")
        if path == "/favicon.ico":
            return Response(status_code=204)
        return self._page()

    def _page(self) -> Response:
        told = _WORDS[self.lang]
        page = _PAGE.format(lang=self.lang, home=self.home, attributes=self.attributes, more=self.more, **told)
        headers = {"Content-Security-Policy": self.csp.format(home=self.home)} if self.csp else {}
        return HTMLResponse(page, headers=headers)
