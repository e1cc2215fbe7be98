"""Writes to those who answer for a store: the task, a reminder, and that it is late. Staff are told that, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from troth.app.ports import Mail
from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive
from troth.base.work import Begin
from troth.datamap.model import Dataset, StoreMap
from troth.policy.model import Policy
from troth.requests.deadline import zone
from troth.requests.fulfilment import errands
from troth.stores.mailbox import service as tasks
from troth.stores.mailbox.model import Act, Task
from troth.stores.mailbox.model import Mail as About
from troth.stores.mailbox.service import Asked
from troth.subjects.vault import Vault
from troth.versions import service as versions

_log = structlog.get_logger()

_TITLES: Final[dict[About, str]] = {
    "task": "任务 Task {reference}",
    "reminder": "提醒：任务即将到期 Reminder: task due soon {reference}",
    "late": "任务已逾期 Task is late {reference}",
}
_ACTS: Final[dict[Act, str]] = {
    "look": "请告知各类数据中该个人的条数；没有则告知“没有”。\n"
    "Please say how many rows of this person there are in each dataset, or that there is nothing.",
    "access": "请发回该个人在下列数据中的全部记录（JSON 或 CSV）；没有则告知“没有”。\n"
    "Please send back every row of this person in these datasets, as JSON or CSV, or say that there is nothing.",
    "erase": "请删除该个人在下列数据中的记录，并告知删除条数；依法须保留的，请告知条数与依据的条款。\n"
    "Please erase this person's rows in these datasets and say how many. Of what stays say how many "
    "rows, and by which clause.",
    "correct": "请将下列内容改为新值，并告知修改条数。\n"
    "Please put in the new values and say how many rows you changed.",
}
_BODY: Final = """\
{act}

任务 Task: {id}
期限 Due: {due}
系统 Store: {store}
数据 Data:
{data}
查找依据 Person: {person}
{values}
答复 Answer: {base_url}/console/tasks/{id}

请勿转发；办结后请删除本邮件。
Do not pass this mail on, and delete it when you are done.
"""


@dataclass(frozen=True)
class Office:
    """By what mails go out, who of the staff is told of what is late, and where the console is."""

    mail: Mail
    staff: tuple[str, ...]
    base_url: str


def tell_tasks(begin: Begin, vault: Vault, office: Office) -> int:
    """Write the mails that are due and drop what is over; gives the number of tasks that were written about."""
    with begin() as work:
        errands.tidy(work)
        waiting = tasks.to_mail(work)
    return sum(_tell(begin, vault, office, task, about) for task, about in waiting)


def _tell(begin: Begin, vault: Vault, office: Office, task: Task, about: About) -> bool:
    with begin() as work:
        if not tasks.claim(work, task):
            return False
        asked, found = tasks.asked(work, vault, task), tasks.map_of(work, task)
        policy = versions.get(work, task.version).policy
    title = _TITLES[about].format(reference=task.reference)
    # Outside the transaction: a slow server keeps nobody waiting for our lock.
    try:
        office.mail.send(Sensitive(task.address), title, _body(task, asked, found, policy, office.base_url))
        for address in office.staff if about == "late" else ():
            office.mail.send(Sensitive(address), title, f"{office.base_url}/console/tasks/{task.id}\n")
    except UnavailableError as error:
        _log.warning("task.not-told", request=task.errand, store=task.store, code=error.code)
        return False
    with begin() as work:
        tasks.told(work, task, about)
    return True


def _body(task: Task, asked: Asked, found: StoreMap, policy: Policy, base_url: str) -> str:
    new = [f"新值 New value: {_item(policy, item)} = {value.reveal()}" for item, value in asked.values.items()]
    return _BODY.format(
        act=_ACTS[task.act],
        id=task.id,
        due=f"{task.due_at.astimezone(zone(policy)):%Y-%m-%d %H:%M %Z}",
        store=f"{found.label.get('zh', found.name)} {found.label.get('en', found.name)}",
        data="\n".join(_dataset(one, policy) for one in found.datasets.values()),
        person="; ".join(f"{kind} {value.reveal()}" for kind, value in asked.identifiers),
        values="\n".join(new),
        base_url=base_url,
    )


def _dataset(one: Dataset, policy: Policy) -> str:
    items = dict.fromkeys(rule.item for rule in one.fields.values() if rule.item is not None and rule.disclose)
    kept = f" （保留 keep: {one.erase.ground}）" if one.erase.ground else ""
    return f"- {one.label.get('zh', one.name)} {one.label.get('en', one.name)} [{one.name}]{kept}: " + ", ".join(
        _item(policy, item) for item in items
    )


def _item(policy: Policy, item: str) -> str:
    label = policy.items[item].label if item in policy.items else {}
    return " ".join(dict.fromkeys((label.get("zh", item), label.get("en", item))))
