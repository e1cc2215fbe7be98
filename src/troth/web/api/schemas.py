"""The JSON that programs and agents send and get, as JSON Schema; what a model reads is taken from the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from pydantic import TypeAdapter

from troth.consent.model import Kind, Status
from troth.policy.model import ACTIONS
from troth.requests.drp import model as drp
from troth.web.api.banner import Chosen, Told
from troth.web.api.choices import ChoiceBody

Schema = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string"}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_NUMBER: Final[Schema] = {"type": "integer"}
_TRUTH: Final[Schema] = {"type": "boolean"}
_FREE: Final[Schema] = {"type": "object"}
_LONGEST: Final = 300


def ref(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these members."""
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def many(of: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": of}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _of_model(shape: Any, name: str, names: dict[str, Schema]) -> None:
    made = TypeAdapter(shape).json_schema(ref_template="#/components/schemas/{model}")
    names.update(made.pop("$defs", {}))
    names[name] = made


_SHORT: Final[Schema] = {"type": "string", "maxLength": _LONGEST}
_SUBJECT: Final = record({"type": _SHORT, "id": _SHORT})
_ACTION: Final = record({"name": {"type": "string", "enum": list(ACTIONS)}})
_ITEM: Final = record({"type": {"const": "item"}, "id": _SHORT})
_CONTEXT: Final = record({"purpose": _SHORT}, {"recipient": _SHORT, "policy": _SHORT, "language": _SHORT})
_PAGE: Final = record({}, {"token": TEXT, "limit": {"type": "integer", "minimum": 1}})
_QUESTION: Final = {"subject": _SUBJECT, "action": _ACTION, "resource": _ITEM, "context": _CONTEXT}

_FAILURE: Final = record(
    {
        "status": _NUMBER,
        "code": TEXT,
        "message": TEXT,
        "hint": TEXT,
        "problems": many(record({"code": TEXT, "message": TEXT, "hint": TEXT})),
    }
)
_REASONS: Final = record(
    {"errors": many(record({"code": TEXT, "message": {"type": "object", "additionalProperties": TEXT}}))}
)
_EVENT: Final = {
    "event": TEXT,
    "subject": TEXT,
    "function": TEXT,
    "kind": {"enum": [str(one) for one in Kind]},
    "status": {"enum": [str(one) for one in Status]},
    "grade": TEXT,
    "version": TEXT,
    "at": INSTANT,
    "entry": _NUMBER,
    "receipt": TEXT,
}
_STANDING: Final = record({"status": TEXT, "valid": _TRUTH, "grade": TEXT, "at": INSTANT, "event": TEXT})
_STATUS: Final = record(
    {
        "request_id": {"type": "string", "format": "uuid"},
        "status": {"enum": list(get_args(drp.State))},
        "received_at": INSTANT,
    },
    {
        "agent_request_id": TEXT,
        "reason": {"enum": list(get_args(drp.Reason))},
        "expected_by": INSTANT,
        "processing_details": TEXT,
        "user_verification_url": TEXT,
        "results_url": TEXT,
        "expires_at": INSTANT,
    },
)


def schemas() -> Mapping[str, Schema]:
    """Every schema, by name."""
    named = {**_shared(), **_consents(), **_decisions(), **_banner(), **_agents(), **_stores()}
    for shape, name in ((ChoiceBody, "Choice"), (Told, "BannerVisitor"), (Chosen, "BannerChoices")):
        _of_model(shape, name, named)
    return dict(sorted(named.items()))


def _shared() -> dict[str, Schema]:
    return {
        "Failure": _FAILURE,
        "Unavailable": {"anyOf": [ref("Failure"), ref("Reasons")]},
        "Configuration": {"type": "object", "additionalProperties": TEXT},
        "Nothing": {"type": "object", "maxProperties": 0},
    }


def _consents() -> dict[str, Schema]:
    joining = record(
        {"profile": TEXT},
        {"subject": TEXT, "identifier": record({"kind": TEXT, "value": TEXT}), "policy": TEXT, "language": TEXT},
    )
    return {
        "Event": record(_EVENT),
        "Recorded": {"anyOf": [ref("Event"), ref("RecordedMany")]},
        "RecordedMany": record({"results": many({"anyOf": [ref("Event"), ref("Failure")]})}),
        "Choices": {"anyOf": [ref("Choice"), {**many(ref("Choice")), "minItems": 1, "maxItems": 500}]},
        "Consents": record(
            {
                "subject": TEXT,
                "standings": {"type": "object", "additionalProperties": _STANDING},
                "history": many(record({**_EVENT, "language": TEXT, "interface": TEXT})),
                "next": _or_null(_NUMBER),
            }
        ),
        "Receipt": _FREE,
        "Joining": {**joining, "additionalProperties": False},
        "Joined": record({"subject": TEXT, "events": many(ref("Event"))}),
    }


def _decisions() -> dict[str, Schema]:
    """What OpenID AuthZEN asks and answers."""
    return {
        "Evaluation": record(_QUESTION),
        "Evaluations": record({}, {**_QUESTION, "evaluations": many(_FREE), "options": _FREE}),
        "Decision": record({"decision": _TRUTH}, {"context": _FREE}),
        "Decisions": {"anyOf": [ref("Decision"), record({"evaluations": many(ref("Decision"))})]},
        "SubjectSearch": record({"action": _ACTION, "resource": _ITEM, "context": _CONTEXT}, {"page": _PAGE}),
        "ResourceSearch": record(
            {"subject": _SUBJECT, "action": _ACTION, "resource": record({"type": {"enum": ["item", "purpose"]}})},
            {"context": _FREE, "page": _PAGE},
        ),
        "ActionSearch": record({"subject": _SUBJECT, "resource": _ITEM, "context": _CONTEXT}, {"page": _PAGE}),
        "Found": record(
            {
                "page": record({"next_token": TEXT, "count": _NUMBER, "total": _NUMBER}),
                "results": many(record({}, {"type": TEXT, "id": TEXT, "name": TEXT})),
            }
        ),
    }


def _banner() -> dict[str, Schema]:
    return {
        "BannerQuestions": _FREE,
        "BannerState": record(
            {
                "profile": _or_null(TEXT),
                "version": TEXT,
                "hash": TEXT,
                "states": {"type": "object", "additionalProperties": TEXT},
                "ask": many(TEXT),
                "receipts": {"type": "object", "additionalProperties": TEXT},
                "gpc": record({"processed": _TRUTH, "matters": many(TEXT)}),
            }
        ),
    }


def _agents() -> dict[str, Schema]:
    """What the Data Rights Protocol sends and answers."""
    return {
        "SignedMessage": {
            "type": "string",
            "contentEncoding": "base64",
            "description": "base64 of a signature and the JSON that it signs (Data Rights Protocol 1.0 § 3.07.1)",
        },
        "RequestStatus": _STATUS,
        "Token": record({"agent-id": TEXT, "token": TEXT}),
        "AgentFailure": record({"code": TEXT, "message": TEXT}, {"fatal": {"const": True}}),
    }


def _stores() -> dict[str, Schema]:
    """What other systems and other controllers send and get."""
    return {
        "Tree": record({"key": TEXT}, {"children": many(_FREE), "value": {}}),
        "Reasons": _REASONS,
        "Transfer": record(
            {
                "troth-transfer": {"const": 1},
                "id": TEXT,
                "person": many(record({"kind": TEXT, "value": TEXT})),
                "data": many(_FREE),
            }
        ),
        "TransferReceipt": record({"receipt": TEXT}),
    }
