"""Controls over what a change of the policy does to people, and to what was published before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from troth.consent.service import accepted_version, binding_version
from troth.drill.controls.model import Control
from troth.drill.model import Promise, expect
from troth.drill.person import accept_version, signed_up
from troth.drill.sandbox import Sandbox
from troth.notice.render import page
from troth.policy.read import from_value
from troth.versions.service import Version, all_versions, get, publish

_DAY = timedelta(days=1)


def accepted_again(_promise: Promise, sandbox: Sandbox) -> str:
    """Whoever accepted a version stays with it when another is published, and moves by accepting that one."""
    first, subject = sandbox.version, signed_up(sandbox)
    second = _published_next(sandbox)
    with sandbox.begin() as work:
        bound = binding_version(work, second, subject)
    expect(bound.id == first.id, f"`{bound.id}` was held against somebody who had accepted `{first.id}`")
    accept_version(sandbox, subject, second)
    with sandbox.begin() as work:
        expect(accepted_version(work, subject, second.name) == second.id, "the new acceptance was not recorded")
        bound = binding_version(work, second, subject)
    expect(bound.id == second.id, f"`{bound.id}` still holds after `{second.id}` was accepted")
    return f"`{first.id}` held until `{second.id}` was accepted"


def old_versions_readable(_promise: Promise, sandbox: Sandbox) -> str:
    """After another version is published, the earlier one is listed, unchanged, with the notice that it had."""
    first = sandbox.version
    before = {language: sandbox.notice(language) for language in first.policy.languages}
    second = _published_next(sandbox)
    with sandbox.begin() as work:
        listed = [one.id for one in all_versions(work, first.name)]
        kept = get(work, first.id)
    expect({first.id, second.id} <= set(listed), f"listed are {', '.join(listed)} only")
    expect((kept.hash, kept.policy.value) == (first.hash, first.policy.value), "the earlier version has changed")
    day = kept.published_at.date()
    shown = {language: page(kept.policy, language, version=kept.id, published=day) for language in before}
    expect(shown == before, "the notice of the earlier version has changed")
    return f"`{first.id}` is still there with its hash and its notices in {', '.join(before)}"


def _published_next(sandbox: Sandbox) -> Version:
    policy = sandbox.version.policy
    value: dict[str, Any] = {**policy.value, "updated": (policy.updated + _DAY).isoformat()}
    sandbox.clock.advance(_DAY)
    with sandbox.begin() as work:
        made = publish(work, from_value(value), sandbox.version.maps, by="drill")
    expect(made.id != sandbox.version.id, "the changed policy was not published as another version")
    return made


CONTROLS = (
    Control(
        "accepted-again",
        {"zh": "新版本须重新同意才生效。", "en": "A new version binds whoever accepted it, and nobody before."},
        accepted_again,
    ),
    Control(
        "old-versions-readable",
        {"zh": "旧版本一直可读,内容不变。", "en": "Old versions stay readable, as they were."},
        old_versions_readable,
    ),
)
