"""Durable jobs on DBOS: work is put into the own database in the caller's transaction, and workers take it out.

DBOS is a dumb queue here, on purpose (see `docs/adr/0005-jobs.md`): a job is one short, idempotent run of one request,
and what is to be run is known from the requests' own rows. The pulse asks again for whatever was lost, so nothing
depends on DBOS recovering a dead worker's jobs.

Importing DBOS takes more than a second; it is imported when it is first used.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from troth.app.database import fold_log
from troth.app.entropy import system_entropy
from troth.base.errors import UnavailableError
from troth.base.work import Begin, Work
from troth.requests.fulfilment.fulfil import run, run_all
from troth.requests.kinds import FETCHED
from troth.requests.model import Request
from troth.requests.ports import Jobs, OpenStores
from troth.requests.pulse import leave
from troth.requests.service import pulse
from troth.subjects.vault import Vault

if TYPE_CHECKING:
    from dbos import DBOSClient, DBOSConfig

APPLICATION = "troth"
APPLICATION_VERSION = "1"
"""Pinned: DBOS would take a hash of the source and strand every job that was enqueued before an update. A job carries
a request's id and nothing else, so every version of Troth can run every job; raise it when that stops being true."""

QUEUE = "requests"
WORKFLOW = "run_request"
PULSE = 1.0
"""Seconds between two pulses."""

LOOK = 0.1
"""Seconds between two looks of DBOS into its queue; at each it takes as many jobs as the worker has room for."""

AT_ONCE = 4
"""Jobs that one worker runs at the same time: stores are waited for, the own database has one writer anyway."""

IN_A_JOB = 4
"""Requests that are asked for together and run one after the other: the queue costs more than a short run does."""

_PATIENCE = 30
"""Seconds that a stopping worker gives the runs that have begun. Those that need longer are run again."""

_SWEEP_EVERY = 600
"""Pulses between two sweeps of finished jobs: the queue keeps no history, the journal does."""

_SWEEP_AT_MOST = 1000

_ID = 8  # bytes of chance that tell workers apart

_log = structlog.get_logger()


def prepare(engine: sa.Engine) -> None:
    """Make DBOS's tables beside ours if they are not there: a schema `dbos` on PostgreSQL, the same file on SQLite.

    A worker brings them up to date whenever it starts; this is for databases that have never had one.

    Raises:
        UnavailableError: `jobs.unavailable`.
    """
    schema = "dbos" if engine.dialect.name == "postgresql" else None
    try:
        if not sa.inspect(engine).has_table("dbos_migrations", schema=schema):
            _migrate(engine)
    except sa.exc.SQLAlchemyError:
        raise UnavailableError(
            "jobs.unavailable", "the queue of jobs cannot be prepared", hint="see that the own database runs"
        ) from None


class DbosJobs:
    """Puts jobs into the queue; never runs one. What the web and the command line use."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._client: DBOSClient | None = None
        self._lock = threading.Lock()

    def enqueue(self, work: Work, *request_ids: str) -> None:
        """Ask for one run of each request; if the caller's transaction rolls back, nothing was asked.

        Raises:
            UnavailableError: `jobs.not-prepared` when `prepare` was never run on this database.
        """
        for start in range(0, len(request_ids), IN_A_JOB):
            self._put(work, request_ids[start : start + IN_A_JOB])

    def _put(self, work: Work, request_ids: Sequence[str]) -> None:
        from dbos import EnqueueOptions, WorkflowSerializationFormat  # noqa: PLC0415

        job = EnqueueOptions(
            workflow_name=WORKFLOW,
            queue_name=QUEUE,
            workflow_id=work.new_id("job"),
            app_version=APPLICATION_VERSION,
            serialization_type=WorkflowSerializationFormat.PORTABLE,  # JSON: the default is pickle, which runs code
        )
        try:
            self._connected().enqueue_in_transaction(work.db, job, *request_ids)
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):
            raise UnavailableError(
                "jobs.not-prepared", "the queue of jobs is not there", hint="run `troth doctor`, which prepares it"
            ) from None

    def _connected(self) -> DBOSClient:
        with self._lock:
            if self._client is None:
                from dbos import DBOSClient  # noqa: PLC0415

                _quiet()
                self._client = DBOSClient(system_database_engine=self._engine, application_name=APPLICATION, lazy=True)
            return self._client


class Worker:
    """Runs jobs, and gives the pulse. Any number may run on PostgreSQL; on SQLite there should be one.

    DBOS allows one worker in a process.
    """

    def __init__(
        self,
        engine: sa.Engine,
        begin: Begin,
        vault: Vault,
        stores: OpenStores,
        jobs: Jobs,
        *,
        chores: Sequence[Callable[[], object]] = (),
        two_pairs: Collection[str] = (),
    ) -> None:
        self._engine = engine
        self._begin = begin
        self._vault = vault
        self._stores = stores
        self._jobs = jobs
        self._chores = chores
        self._two_pairs = two_pairs
        self._over = threading.Event()
        self._overwritten = threading.Event()
        self._overwritten.set()  # by a worker that was killed before it could forget it
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take jobs from now on. Returns at once; threads do the work until `stop`."""
        from dbos import DBOS, WorkflowSerializationFormat  # noqa: PLC0415

        _quiet()
        DBOS(config=_config(self._engine, f"worker-{system_entropy(_ID).hex()}"))

        @DBOS.workflow(name=WORKFLOW, serialization_type=WorkflowSerializationFormat.PORTABLE)
        def run_request(*request_ids: str) -> str:
            return " ".join([self._run(one) for one in request_ids])

        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=LOOK, on_conflict="always_update")
        self._over.clear()
        self._thread = threading.Thread(target=self._beat, name="troth-pulse", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more jobs, and wait a while for those that run; what is cut off is run again by the next worker."""
        from dbos import DBOS  # noqa: PLC0415

        self._over.set()
        if self._thread is not None:
            self._thread.join()
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=_PATIENCE)
        self._do([self._forget])

    def drain(self) -> tuple[Request, ...]:
        """Run everything that may run now, in this thread, and give what was closed; `start` is not needed for it."""
        closed = run_all(self._begin, self._vault, self._stores, two_pairs=self._two_pairs)
        fold_log(self._engine)
        return closed

    def _run(self, request_id: str) -> str:
        """One of a job. What that gives back and raises is stored by DBOS, so it is a word, never an exception."""
        try:
            request = run(self._begin, self._vault, self._stores, request_id, two_pairs=self._two_pairs)
            if request.closed and request.kind not in FETCHED:
                self._overwritten.set()
        except Exception as error:  # noqa: BLE001  # its message may hold values; the request says that it is blocked
            _log.error("request.run-failed", request=request_id, error=type(error).__name__)
            return "failed"
        return request.state.value

    def _beat(self) -> None:
        looked = False
        for number in itertools.count():
            if self._over.wait(PULSE):
                return
            try:
                if not looked:
                    _take_up(self._begin)
                    looked = True
                with self._begin() as work:
                    pulse(work, self._vault, self._jobs)
                if number % _SWEEP_EVERY == 0:
                    _sweep()
            except Exception as error:  # noqa: BLE001  # the next pulse finds whatever this one did not
                _log.error("pulse.failed", error=type(error).__name__)
            self._do([self._forget, *self._chores])

    def _forget(self) -> None:
        """Have what runs overwrote forgotten, once for all of them: on PostgreSQL no two can at the same time."""
        if not self._overwritten.is_set():
            return
        self._overwritten.clear()  # before: what is overwritten from here on is for the next
        try:
            fold_log(self._engine)
        except Exception:
            self._overwritten.set()
            raise

    def _do(self, chores: Sequence[Callable[[], object]]) -> None:
        """Each by itself: one that fails keeps no other from being done."""
        for chore in chores:
            try:
                chore()
            except Exception as error:  # noqa: BLE001  # as above: what it left is found again
                _log.error("chore.failed", error=type(error).__name__)


def _migrate(engine: sa.Engine) -> None:
    from dbos import DBOS  # noqa: PLC0415

    _quiet()
    DBOS.migrate(_url(engine))


def _take_up(begin: Begin) -> None:
    """Have the next pulse ask again for what other workers have begun: one of them may have died with it.

    A run that is taken up while it is alive is run twice, which is safe.
    """
    from dbos import DBOS  # noqa: PLC0415

    begun = DBOS.list_workflows(name=WORKFLOW, status="PENDING", load_output=False)
    with begin() as work:
        leave(work, [name for one in begun if one.input for name in one.input["args"]])


def _config(engine: sa.Engine, worker: str) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_url": _url(engine),
        "application_version": APPLICATION_VERSION,
        # Of its own for every worker, because a worker's room is counted by it. What a dead one left is taken up by
        # the next that starts (`_take_up`), and at the latest asked for again by the pulse.
        "executor_id": worker,
        "log_level": "CRITICAL",
        "enable_otlp": False,
    }


def _url(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _quiet() -> None:
    """DBOS logs to the console and shows what it failed on; nothing that Troth says goes that way."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.CRITICAL)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _sweep() -> None:
    """Forget the jobs that are finished."""
    from dbos import DBOS  # noqa: PLC0415

    finished = DBOS.list_workflows(
        name=WORKFLOW,
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        limit=_SWEEP_AT_MOST,
        load_input=False,
        load_output=False,
    )
    if finished:
        DBOS.delete_workflows([one.workflow_id for one in finished])
