"""Who is served when: a bounded queue before a bounded number of worker processes, each with a time limit.

anyio's worker processes do the hard part: they are started when needed, kept warm, and ended where the task
that waits for them is cancelled. https://anyio.readthedocs.io/en/stable/subprocesses.html
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from anyio import BrokenWorkerProcess, CapacityLimiter, create_task_group, fail_after, to_process

from converter.serve.outcome import Answer, RefusalError
from converter.serve.settings import Settings
from converter.serve.work import Order, warm, work

LOG = logging.getLogger("converter.serve")


class Desk:
    """The queue of one running service."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turns = CapacityLimiter(settings.workers)
        self._processes = CapacityLimiter(settings.workers)
        self._clients: Counter[str] = Counter()

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Take a place before the body is read, so that waiting bodies are bounded too."""
        if self._clients[client] >= self._settings.per_client:
            raise RefusalError(429, "too many requests of yours at once", Retry_After="1")
        if self._clients.total() >= self._settings.workers + self._settings.queue:
            raise RefusalError(503, "all places are taken", Retry_After="5")
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    async def serve(self, order: Order) -> Answer:
        """Wait for a worker and let it work, both no longer than the time limit."""
        seconds = self._settings.seconds
        try:
            with fail_after(seconds):
                await self._turns.acquire()
        except TimeoutError:
            raise RefusalError(503, "no worker was free in time", Retry_After="30") from None
        try:
            with fail_after(seconds):
                return await to_process.run_sync(
                    work, order, self._settings, cancellable=True, limiter=self._processes
                )
        except TimeoutError:
            raise RefusalError(504, f"not done in {seconds} seconds, and ended") from None
        except BrokenWorkerProcess:
            raise RefusalError(503, "the worker ended unexpectedly") from None
        finally:
            self._turns.release()

    async def warm(self) -> None:
        """Start every worker."""
        async with create_task_group() as tasks:
            for _ in range(self._settings.workers):
                tasks.start_soon(self._warm)

    async def _warm(self) -> None:
        try:
            await to_process.run_sync(warm, self._settings, cancellable=True, limiter=self._processes)
        except BrokenWorkerProcess:
            LOG.error("a worker ended while it started; more --memory may help")
