"""Reading batches of documents on Dask's workers.

A worker reads a batch and gives its readings back as the bytes of a Parquet file; the run alone writes to the store,
under the home's lock, so that no two can write the same file. What a worker was doing when it was lost, another does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from extract.reading import reader_version
from flows import scaling, stages
from flows.orders import Order, Parcel, batch_size, read_order
from flows.progress import Advance
from flows.scaling import Dask
from flows.store import Capture, Store

_AHEAD = 2
"""Batches given to the cluster per slot, so that none waits for its next; the others wait here."""


@task(cache_policy=NO_CACHE, persist_result=False)
def extract_apart(order: Order) -> Parcel:
    """Reads a batch, in a worker of Dask."""
    return Parcel(read_order(order))


def read_apart(dask: Dask, store: Store, unread: Sequence[Capture], advance: Advance) -> None:
    """Reads documents on a cluster, which lives as long as this takes; each batch is kept when it is there."""

    # Without parameters: Prefect would write them all into its database, and refuses many.
    @flow(name="extract", task_runner=scaling.runner(dask), persist_result=False)
    def extract() -> None:
        context = FlowRunContext.get()
        assert context is not None
        reader = reader_version()
        # The store is written outside of what explains the cluster's failures: a full disk is not the cluster's.
        for captures, parcel in _parcels(store, unread, reader, context.task_runner):
            store.add_packed(reader, parcel.content, [capture.key for capture in captures])
            for _ in captures:
                advance()

    extract()


def _parcels(
    store: Store, captures: Sequence[Capture], reader: str, runner: Any
) -> Iterator[tuple[Sequence[Capture], Parcel]]:
    """Batches and their readings, as they come back."""
    with scaling.told():
        slots = scaling.slots(runner.client)
        size = batch_size(len(captures), slots)
        address = None if store.remote is None else store.remote.address
        waiting = deque(captures[start : start + size] for start in range(0, len(captures), size))
        under_way: dict[Any, Sequence[Capture]] = {}
        while waiting or under_way:
            while waiting and len(under_way) < _AHEAD * slots:
                batch = waiting.popleft()
                order = Order(reader, batch, stages.order(store, batch), address)
                under_way[extract_apart.submit(order)] = batch
            for future in _ended(runner.client, under_way):
                yield under_way.pop(future), future.result()


def _ended(client: Any, futures: Iterable[Any]) -> list[Any]:
    """Those that have ended, once any has."""
    from distributed import wait

    with client.as_current():
        # Dask brings no types.
        wait([future.wrapped_future for future in futures], return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
    return [future for future in futures if future.wrapped_future.done()]
