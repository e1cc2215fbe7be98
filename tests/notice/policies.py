"""Policies for the tests: the example, the least that is a policy, and one that says everything once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from troth.policy.model import Policy
from troth.policy.read import from_value, parse

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def kaiconn() -> Policy:
    folder = EXAMPLES / "kaiconn"
    return parse({one.name: one.read_text("utf-8") for one in sorted(folder.glob("policy*.yaml"))})


TINY: dict[str, Any] = {
    "troth": 1,
    "policy": "tiny",
    "title": {"en": "Tiny privacy policy"},
    "updated": "2026-03-01",
    "languages": ["en"],
    "controller": {"name": {"en": "Tiny Ltd."}},
}


def tiny() -> Policy:
    return from_value(TINY)


def text(words: str) -> dict[str, str]:
    """A text that is different in the two languages and nowhere else."""
    return {"zh": f"中文 {words}", "en": f"english {words}"}


FULL: dict[str, Any] = {
    "troth": 1,
    "policy": "full",
    "title": text("title"),
    "product": text("product"),
    "updated": "2026-03-01",
    "effective": "2026-04-01",
    "languages": ["zh", "en"],
    "prevails": "zh",
    "regimes": ["cn", "moon"],
    "runs_on": ["app", "website"],
    "unstated": ["controller", "updated"],
    "open": ["changes.material"],
    "share_needs": "separate",
    "disputes": {
        "first": text("first talk"),
        "law": text("law"),
        "court": text("court"),
        "law_of": "us",
        "court_of": "cn",
    },
    "acceptance": "deemed",
    "deemed": ["use", "continued-use"],
    "controller": {
        "name": text("controller"),
        "officer": text("officer"),
        "role": "processor",
        "country": "cn",
        "contacts": {
            "email": "privacy@full.example",
            "phone": "+86 755 0000 0000",
            "website": "https://full.example",
            "post": text("post"),
            "through": text("through"),
            "within": "14 days",
            "counts_from": "verification",
        },
    },
    "scope": {
        "covers": {"own": text("covered")},
        "excludes": {"other": text("excluded")},
        "precedence": text("precedence"),
    },
    "related": {"terms": text("related terms")},
    "definitions": {"data": text("definition of data")},
    "principles": {"openness": text("openness principle")},
    "categories": {
        "contact": {"label": text("contact category"), "sources": ["person"]},
        "health": {"label": text("health category"), "sensitive": True},
    },
    "items": {
        "account.phone": {"label": text("phone item"), "category": "contact", "sensitive": True},
        "account.avatar": {"label": text("avatar item"), "category": "contact", "note": text("avatar note")},
        "device.id": {"label": text("device item"), "sources": ["device", "observed"]},
        "device.sensor": {"label": text("sensor item"), "sources": ["public", "recipient"]},
        "body.pulse": {"label": text("pulse item"), "category": "health"},
        "idle.item": {"label": text("idle item")},
    },
    "purposes": {
        "account": {"label": text("account purpose")},
        "push": {"label": text("push purpose"), "part_of": "account"},
    },
    "only_purposes": ["account"],
    "functions": {
        "register": {
            "label": text("register function"),
            "for": "account",
            "basis": "contract",
            "needs": ["account.phone"],
            "optional": ["account.avatar"],
            "after": ["accepted.policy", "verified.phone", "consent.push.explicit", "objected.push"],
            "refused": text("register refused"),
            "open_list": True,
            "automated": True,
            "limits": {"first": text("register limit")},
        },
        "push": {
            "label": text("push function"),
            "for": "push",
            "basis": "consent",
            "grade": "separate",
            "needs": ["device.id", "body.pulse"],
            "shares": ["sdk.push"],
            "withdrawn": "stop function and processing",
        },
        "idle": {"label": text("idle function"), "for": "push", "basis": "unstated"},
    },
    "flows": {
        "use.more": {"label": text("use line"), "action": "use", "basis": "legitimate-interests", "items": ["contact"]},
        "collect.others": {
            "label": text("collect line"),
            "action": "collect",
            "basis": "consent",
            "grade": "general",
            "items": ["contact"],
            "sources": ["recipient", "public"],
        },
        "share.partner": {
            "label": text("share line"),
            "action": "share",
            "basis": "consent",
            "grade": "explicit",
            "items": ["all"],
            "for": ["account"],
            "to": ["partner"],
            "after": ["identity.verified"],
            "limits": {"only": text("share limit")},
        },
        "transfer.merger": {"label": text("transfer line"), "action": "transfer", "basis": "contract"},
        "disclose.court": {"label": text("disclose line"), "action": "disclose", "basis": "legal-obligation"},
        "sell.never": {"label": text("sell line"), "action": "sell", "basis": "unstated"},
        "publish.fraud": {"label": text("publish line"), "action": "publish", "basis": "public-interest"},
    },
    "recipients": {
        "sdk.push": {
            "kind": "sdk",
            "name": text("push sdk"),
            "receives": ["device.id", "device.sensor"],
            "for": ["push"],
            "function": text("sdk function"),
            "scope": text("sdk scope"),
            "aim": text("sdk aim"),
            "policy": "https://sdk.example/privacy",
            "permissions": ["location"],
            "self_start": ["necessary", "after-consent"],
            "members": {"parent": text("sdk member")},
            "terms": {"strict": text("sdk term")},
            "country": "us-ca",
            "contact": "requests@sdk.example",
        },
        "sdk.bare": {"kind": "sdk", "name": text("bare sdk"), "self_start": ["never"]},
        "partner": {
            "kind": "partner",
            "name": text("partner"),
            "receives": ["account.phone"],
            "for": ["account"],
            "basis": "consent",
            "grade": "explicit",
            "members": {"one": text("partner member")},
            "terms": {"kept": text("partner term")},
            "permissions": ["location"],
            "country": "cn",
        },
        "nobody": {"kind": "authority", "name": text("authority")},
    },
    "permissions": {
        "location": {
            "label": text("location permission"),
            "for": ["push"],
            "names": ["android.permission.ACCESS_FINE_LOCATION"],
            "risk": "high",
            "ask": "in-use",
            "reads": ["device.sensor"],
            "required": True,
        },
        "vibrate": {"label": text("vibrate permission")},
    },
    "technologies": {
        "session": {
            "label": text("session cookie"),
            "for": ["account"],
            "holds": {"key": text("cookie key")},
            "refuse_by": {"browser": text("cookie refusal")},
            "refused": text("cookie refused"),
            "basis": "consent",
            "grade": "general",
            "lasts": "13 months",
            "link": "https://cookies.example",
        },
    },
    "consent_free": {
        "state": {"label": text("state case"), "actions": ["collect", "use"], "limits": {"l": text("state limit")}},
        "open": {"label": text("open case"), "actions": ["share", "transfer", "disclose"]},
    },
    "closed": ["items", "share", "transfer", "disclose", "recipients", "refuse"],
    "security": {
        "measures": {
            "tls": {
                "label": text("tls measure"),
                "kind": "encryption",
                "names": ["TLS 1.3"],
                "protects": "transit",
                "every": "9 months",
            },
            "vague": {"label": text("vague measure"), "kind": "other", "vaguely": text("now and then")},
        },
        "reports": {"yearly": {"label": text("yearly report"), "every": "1 year"}},
        "warnings": {"net": text("net warning")},
        "duties": {"password": text("password duty")},
        "liability": text("liability"),
    },
    "rights": {
        "access": {
            "label": text("access right"),
            "by": ["self-service", "phone", "email", "website"],
            "within": "30 days",
        },
        "erasure": {
            "label": text("erasure right"),
            "by": ["email"],
            "path": text("erasure path"),
            "who": ["self", "guardian", "agent", "close-relative"],
            "within": "30 working days",
            "counts_from": "check",
            "vaguely": text("erasure vaguely"),
            "acknowledge": "10 business days",
            "extension": "2 months",
            "frequency": {"times": 2, "per": "12 months"},
            "after": ["identity.verified"],
            "items": ["all"],
            "locked": ["account.phone"],
            "cases": {"unlawful": text("unlawful case")},
            "tell_recipients": True,
            "backups": text("backups"),
            "by_yourself": True,
            "effects": {"gone": text("gone effect")},
        },
        "close_account": {"label": text("closing right"), "cooling_off": "7 days"},
        "policy": {"label": text("policy right")},
    },
    "requests": {
        "within": "15 working days",
        "vaguely": text("requests vaguely"),
        "proof": {"identity": text("identity proof")},
        "fee": {"repeated": "cost", "tariff": text("tariff")},
        "refuse": {
            "law": {"label": text("law ground")},
            "abuse": {"label": text("abuse ground"), "discretionary": True, "needs_evidence": True},
        },
        "appeal": text("appeal"),
    },
    "retention": {
        "account": {
            "items": ["contact"],
            "for": "5 years",
            "then": ["erase", "anonymise"],
            "exceptions": {"law": text("retention exception")},
        },
        "rest": {"items": ["all"], "for": "unstated", "until": text("retention until"), "then": ["restrict"]},
    },
    "minors": {
        "below": 18,
        "rule": "guardian",
        "bands": {
            "child": {"below": 14, "rule": "sensitive", "inclusive": True},
            "baby": {"below": 3, "rule": "barred"},
        },
        "limits": {"ads": text("minors limit")},
    },
    "storage": {
        "in": ["cn", "us-ca"],
        "abroad": {"rule": "conditions", "grade": "separate", "needs": {"contract": text("contract need")}},
    },
    "changes": {
        "material": {"rights": text("material change")},
        "tell": ["popup", "homepage"],
        "when": text("changes when"),
        "notice": "21 days",
        "refuse_means": text("refusing means"),
        "new_purpose": "explicit",
        "keeps_versions": True,
    },
    "incident": {
        "say": {"what": text("incident what")},
        "by": ["email", "sms"],
        "else": text("incident else"),
        "report": text("incident report"),
        "within": "72 hours",
        "vaguely": text("incident vaguely"),
        "acts": {"plan": text("incident plan")},
    },
    "stop": {
        "tell": ["individually", "announcement"],
        "then": ["anonymise", "erase"],
        "within": "3 months",
        "vaguely": text("stop vaguely"),
        "collection": text("stop collection"),
    },
    "statements": {"headings": text("headings statement")},
    "only_in": {"zh": ["statements.headings"]},
    "differs": {"rights.close_account.cooling_off": text("differing clause")},
}


def full() -> Policy:
    return from_value(FULL)


def retold(value: Any, tell: Callable[[str], str]) -> Any:
    """The value with every text said otherwise."""
    if isinstance(value, dict):
        if value and value.keys() <= {"zh", "en"} and all(isinstance(one, str) for one in value.values()):
            return {language: tell(one) for language, one in value.items()}
        return {key: retold(one, tell) for key, one in value.items()}
    return value


def texts(value: Any, language: str) -> list[str]:
    """Every text of the value in one language."""
    if isinstance(value, dict):
        if value and value.keys() <= {"zh", "en"} and all(isinstance(one, str) for one in value.values()):
            return [value[language]]
        return [one for child in value.values() for one in texts(child, language)]
    return []
