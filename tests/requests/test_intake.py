"""Many forms in one transaction: what is written and answered is what one after the other would have come to."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, VAULT, Asked, World, under
from troth.base.errors import TrothError
from troth.base.schema import metadata
from troth.base.work import Work
from troth.consent.service import accept
from troth.requests import intake, service
from troth.requests.details import NONE, Details
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier

RIGHTS = """rights:
  know:
    label: {zh: 知情, en: to know}
    by: [email]
    frequency: {times: 1, per: 12 months}
  access:
    label: {zh: 查阅, en: access}
    by: [email]
    acknowledge: 3 days
    after: identity.verified
  complaint:
    label: {zh: 投诉, en: complaint}
    by: [email]
    acknowledge: 3 days
  disclosures:
    label: {zh: 信息提供记录, en: who received what}
    by: [email]
    cooling_off: 1 day
"""
SECOND = POLICY.replace("rights:\n", RIGHTS).replace("updated: 2022-10-01", "updated: 2023-10-01")
THIRD = SECOND.replace("regimes: [cn]", "regimes: [cn, us-ca]").replace("updated: 2023-10-01", "updated: 2024-10-01")

SAID = (NONE, Details(text="the lamp talks"), Details(text=" "), Details(text="x" * 10_001), Details(about="req-x"))
KINDS = ("copy", "copy", "know", "access", "erasure", "complaint", "disclosures", *map(str, Kind), "lunch")
FORM = st.tuples(
    st.integers(0, 7),
    st.sampled_from(KINDS),
    st.sampled_from(["zh", "en", "fr"]),
    st.sampled_from(["portal", "portal", "email"]),
    st.sampled_from(SAID),
)

Answer = Request | TrothError


@pytest.fixture
def people(company: World) -> list[str]:
    """One who has shown nothing, one held by the first version, one by the second, one who asked for much already, one
    whose account is being closed, one whose key is destroyed, one who is like all others, and nobody."""
    with company.begin() as work:
        made = [subjects.register(work, VAULT, [identifier("account", f"n{number}")]) for number in range(7)]
        for one in made[1:]:
            facts.change(work, one, add=("account.open", "verified.phone"))
        accept(work, VAULT, company.version, made[1], language="zh", interface="sign-up")
    under(company, SECOND)
    with company.begin() as work:
        accept(work, VAULT, company.version, made[2], language="zh", interface="sign-up")
    for kind in ("know", "copy", "erasure"):
        company.open(kind, subject=made[3])
    company.open("close_account", subject=made[4])
    company.clock.advance(timedelta(days=7, seconds=1))
    under(company, THIRD)
    with company.begin() as work:
        subjects.shred(work, VAULT, made[5])
    return [*made, "sub-nobody"]


def one_by_one(work: Work, asked: Sequence[intake.Asked], jobs: Asked) -> list[Answer]:
    """The obvious way, each form in a transaction of its own."""
    answers: list[Answer] = []
    for one in asked:
        try:
            with work.db.begin_nested():
                how = {"language": one.language, "channel": one.channel}
                opened = service.open_request(
                    work,
                    VAULT,
                    one.version,
                    one.subject,
                    one.kind,
                    **how,  # type: ignore[arg-type]  # both are words
                    jobs=jobs,
                    details=one.details,
                )
            answers.append(opened)
        except TrothError as error:
            answers.append(error)
    return answers


def together(work: Work, asked: Sequence[intake.Asked], jobs: Asked) -> list[Answer]:
    return list(intake.open_all(work, VAULT, asked, jobs=jobs))


def came_to(company: World, how: Callable[..., list[Answer]], asked: Sequence[intake.Asked]) -> list[object]:
    """What is answered, put into the queue and written; none of it stays."""
    jobs = Asked()
    with company.begin() as work:
        chance = Work(work.db, work.at, random.Random(7).randbytes)
        trial = work.db.begin_nested()
        answers = [_told(one) for one in how(chance, asked, jobs)]
        written = {table.name: sorted(map(repr, work.db.execute(sa.select(table)))) for table in metadata.sorted_tables}
        trial.rollback()
    return [answers, jobs.ids, written]


def _told(answer: Answer) -> object:
    return answer if isinstance(answer, Request) else (answer.code, answer.message, answer.hint)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(forms=st.lists(FORM, min_size=4, max_size=14))
def test_forms_that_are_opened_together_come_to_what_they_come_to_one_by_one(
    company: World, people: list[str], forms: list[tuple[int, str, str, str, Details]]
) -> None:
    asked = [
        intake.Asked(company.version, people[who], kind, language, channel, details)
        for who, kind, language, channel, details in forms
    ]
    found, expected = came_to(company, together, asked), came_to(company, one_by_one, asked)
    for some, others in zip(found, expected, strict=True):
        assert some == others


def plain(company: World, people: Sequence[str], kind: str = "copy") -> list[intake.Asked]:
    return [intake.Asked(company.version, one, kind, "en", "portal") for one in people]


def test_one_that_is_refused_takes_no_other_down(company: World, people: list[str]) -> None:
    with company.begin() as work:
        answers = together(work, plain(company, [people[6], people[0], people[2]]), Asked())
    assert [isinstance(one, Request) for one in answers] == [True, False, True]
    with company.begin() as work:
        assert service.of_subject(work, people[6])
        assert service.of_subject(work, people[0]) == ()
        assert service.of_subject(work, people[2])


def test_whoever_sends_the_same_twice_gets_the_same_request_twice(company: World, people: list[str]) -> None:
    jobs = Asked()
    with company.begin() as work:
        first, second = together(work, plain(company, [people[6], people[6]]), jobs)
    assert first == second
    assert isinstance(first, Request)
    assert jobs.ids == [first.id]


def test_what_is_allowed_once_is_allowed_once_among_forms_that_come_together(company: World, people: list[str]) -> None:
    one, other = people[6], people[2]
    with company.begin() as work:
        answers = together(
            work, plain(company, [one, other], "know") + plain(company, [one, people[3]], "know"), Asked()
        )
    assert [getattr(answer, "code", "taken") for answer in answers[:2]] == ["taken", "taken"]
    assert answers[2] == answers[0]  # it is open, so it is joined
    assert getattr(answers[3], "id", "") != getattr(answers[0], "id", "")


def test_no_two_requests_are_called_the_same_however_chance_falls(company: World, people: list[str]) -> None:
    """Three forms draw the reference of a request that there is, and of one another."""
    drawn = iter([bytes(8), bytes(8), bytes(8), bytes(8), bytes(8)])
    chance = random.Random(1)

    def entropy(size: int) -> bytes:
        return next(drawn, None) or chance.randbytes(8) if size == 8 else chance.randbytes(size)

    with company.begin() as work:
        lucky = Work(work.db, work.at, entropy)
        (before,) = together(lucky, plain(company, [people[6]]), Asked())
        made = together(lucky, plain(company, people[2:5], "access"), Asked())
    names = [one.reference for one in (before, *made) if isinstance(one, Request)]
    assert names[0].endswith("-2222-22")
    assert len(names) == len(set(names)) >= 3


def test_any_number_is_written_in_the_same_few_statements(company: World, people: list[str]) -> None:
    with company.begin() as work:
        more = [subjects.register(work, VAULT, [identifier("account", f"m{number}")]) for number in range(40)]
        for one in more:
            facts.change(work, one, add=("account.open", "verified.phone"))
    numbers = []
    for some in (more[:2], more[2:]):
        seen: list[str] = []
        with company.begin() as work:
            sa.event.listen(work.db, "before_cursor_execute", lambda *call, seen=seen: seen.append(call[2]))
            assert all(isinstance(one, Request) for one in together(work, plain(company, some), Asked()))
        numbers.append(len(seen))
    assert numbers[1] <= numbers[0] + 1  # a journal that has grown may have one hash more to look up
    assert people
