"""What a thread has finished reaches the coroutines that wait for it, each its own, by few wakings."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.app.grouped.deliveries import Deliveries
from troth.base.errors import InputError

PATIENCE = 30


@settings(max_examples=30)
@given(fails=st.lists(st.booleans(), max_size=40), order=st.randoms(use_true_random=False), early=st.integers(0, 40))
def test_everybody_gets_their_own_answer_or_error_in_whatever_order_they_come(
    fails: list[bool], order: object, early: int
) -> None:
    deliveries = Deliveries()
    answers: list[Future[int]] = [Future() for _ in fails]
    turns = list(range(len(fails)))
    assert hasattr(order, "shuffle")
    order.shuffle(turns)

    def finish(some: list[int]) -> None:
        for number in some:
            if fails[number]:
                answers[number].set_exception(InputError("x.y", str(number)))
            else:
                answers[number].set_result(number)

    async def wait() -> list[object]:
        finish(turns[:early])  # some are done before anybody waits
        waiting = asyncio.gather(*(deliveries.of(one) for one in answers), return_exceptions=True)
        await asyncio.sleep(0)
        thread = threading.Thread(target=finish, args=(turns[early:],))
        thread.start()
        found = await asyncio.wait_for(waiting, PATIENCE)
        thread.join()
        return list(found)

    for number, (failed, found) in enumerate(zip(fails, asyncio.run(wait()), strict=True)):
        assert str(found) == str(number)
        assert isinstance(found, InputError) == failed


def test_what_is_done_together_wakes_the_loop_once() -> None:
    deliveries, wakings = Deliveries(), 0
    answers: list[Future[int]] = [Future() for _ in range(100)]

    async def wait() -> None:
        nonlocal wakings
        loop = asyncio.get_running_loop()
        real = loop.call_soon_threadsafe

        def counted(*arguments: object, **more: object) -> object:
            nonlocal wakings
            wakings += 1
            return real(*arguments, **more)  # type: ignore[arg-type]  # handed on as it came

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign,assignment]  # it counts
        waiting = asyncio.gather(*(deliveries.of(one) for one in answers))
        await asyncio.sleep(0)
        for number, one in enumerate(answers):
            one.set_result(number)
        assert await asyncio.wait_for(waiting, PATIENCE) == list(range(100))

    asyncio.run(wait())
    assert wakings == 1


def test_whoever_gives_up_is_left_alone_and_the_others_are_answered() -> None:
    deliveries = Deliveries()
    answers: list[Future[int]] = [Future(), Future()]

    async def wait() -> int:
        giving_up, staying = (asyncio.create_task(deliveries.of(one)) for one in answers)
        await asyncio.sleep(0)
        giving_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await giving_up
        for one in answers:
            one.set_result(7)
        return await asyncio.wait_for(staying, PATIENCE)

    assert asyncio.run(wait()) == 7
    assert answers[0].result() == 7


def test_loops_in_several_threads_do_not_mix() -> None:
    deliveries = Deliveries()

    def one_loop(number: int) -> list[int]:
        answers: list[Future[int]] = [Future() for _ in range(50)]

        def finish(some: list[Future[int]]) -> None:
            for one in some:
                one.set_result(number)

        async def wait() -> list[int]:
            waiting = asyncio.gather(*(deliveries.of(one) for one in answers))
            await asyncio.sleep(0)
            thread = threading.Thread(target=finish, args=(answers,))
            thread.start()
            found = await asyncio.wait_for(waiting, PATIENCE)
            thread.join()
            return list(found)

        return asyncio.run(wait())

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(one_loop, range(4))) == [[number] * 50 for number in range(4)]
