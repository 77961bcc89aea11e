#!/usr/bin/env python3
"""Readers undisturbed by overwrites, puts that break off, and the errors bad names get.

    overwrite.py grpc://127.0.0.1:8815
"""
import argparse
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.flight as fl

from checks import check, connect, refused, same_table

READERS = 10
WRITERS = 4
BATCHES = 64
ROWS_PER_BATCH = 65_536
OVERWRITES = 12
TIMEOUT_SECONDS = 60
MAX_SEGMENTS = 32
MAX_NAME_BYTES = 1_024
# A put by a process of its own, which dies in the middle of it.
BREAKS_OFF = """
import os, sys
import pyarrow as pa, pyarrow.flight as fl
batch = pa.record_batch({"version": pa.array([-1] * 65536)})
writer, _ = fl.connect(sys.argv[1]).do_put(fl.FlightDescriptor.for_command(sys.argv[2].encode()), batch.schema)
for _ in range(8):
    writer.write_batch(batch)
print("wrote", flush=True)
os._exit(9)
"""


def version(n: int) -> pa.Table:
    """A table all of whose values are `n`, with a row count of its own."""
    batch = pa.record_batch({"version": pa.array([n] * ROWS_PER_BATCH)})
    return pa.Table.from_batches([batch] * (BATCHES + n))


def put(client: fl.FlightClient, name: bytes, table: pa.Table) -> None:
    writer, _ = client.do_put(fl.FlightDescriptor.for_command(name), table.schema)
    writer.write_table(table)
    writer.close()


def one_version(table: pa.Table) -> int:
    """The version `table` is, having checked that it is that one whole."""
    found = pc.unique(table["version"]).to_pylist()
    check(len(found) == 1, f"one version in a table, not {found}")
    check(table.num_rows == version(found[0]).num_rows, f"version {found[0]} came back with {table.num_rows} rows")
    return found[0]


def readers_in_the_middle(url: str, client: fl.FlightClient) -> None:
    """Ten readers take one batch of version 1, wait for two overwrites, then read on: all of it is version 1."""
    put(client, b"overwritten", version(1))
    begun = threading.Barrier(READERS + 1, timeout=TIMEOUT_SECONDS)
    overwritten = threading.Event()

    def read() -> int:
        with fl.connect(url) as mine:
            reader = mine.do_get(fl.Ticket(b"overwritten"))
            batches = [reader.read_chunk().data]
            begun.wait()
            check(overwritten.wait(TIMEOUT_SECONDS), "the overwrite takes too long")
            batches += [chunk.data for chunk in reader]
            return one_version(pa.Table.from_batches(batches))

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read) for _ in range(READERS)]
        begun.wait()
        put(client, b"overwritten", version(2))
        put(client, b"overwritten", version(3))
        overwritten.set()
        seen = [r.result(TIMEOUT_SECONDS) for r in readers]
    check(seen == [1] * READERS, f"every reader ends with the version it began with, not {seen}")
    check(one_version(client.do_get(fl.Ticket(b"overwritten")).read_all()) == 3, "a later reader sees the last version")
    print(f"{READERS} readers read version 1 to its end while 2 and 3 replaced it")


def readers_all_the_time(url: str, client: fl.FlightClient) -> None:
    """Ten readers get again and again while the table is overwritten: each get is one version, whole."""
    done = threading.Event()

    def read() -> list[int]:
        seen = []
        with fl.connect(url) as mine:
            while not done.is_set():
                seen.append(one_version(mine.do_get(fl.Ticket(b"overwritten")).read_all()))
        check(seen == sorted(seen), f"versions never go back: {seen}")
        return seen

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read) for _ in range(READERS)]
        try:
            for n in range(4, 4 + OVERWRITES):
                put(client, b"overwritten", version(n))
        finally:
            done.set()
        seen = [r.result(TIMEOUT_SECONDS) for r in readers]
    print(f"{READERS} readers made {sum(map(len, seen))} gets during {OVERWRITES} overwrites, each of one version")


def writers_at_once(url: str, client: fl.FlightClient) -> None:
    """Several puts under one name at the same time: what stays is one of them, whole."""
    def write(n: int) -> None:
        with fl.connect(url) as mine:
            put(mine, b"overwritten", version(n))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(20, 20 + WRITERS), timeout=TIMEOUT_SECONDS))
    last = one_version(client.do_get(fl.Ticket(b"overwritten")).read_all())
    check(20 <= last < 20 + WRITERS, f"one of the {WRITERS} puts won, not version {last}")
    print(f"{WRITERS} puts at once: version {last} stayed, whole")


def broken_off(url: str, client: fl.FlightClient) -> None:
    """A put whose client dies leaves the old table, and no new one."""
    put(client, b"kept", version(1))
    for name in ("kept", "never_complete"):
        writer = subprocess.run([sys.executable, "-c", BREAKS_OFF, url, name], timeout=TIMEOUT_SECONDS,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
        check(writer.returncode == 9 and writer.stdout == b"wrote\n", f"the writer ended with {writer}")
    time.sleep(0.5)
    same_table(client.do_get(fl.Ticket(b"kept")).read_all(), version(1), "kept")
    print(refused(KeyError, lambda: client.do_get(fl.Ticket(b"never_complete")).read_all(), "never_complete"))


def deadline_in_the_middle(client: fl.FlightClient) -> None:
    """A put whose deadline passes in the middle leaves the old table."""
    table = version(2)
    writer, _ = client.do_put(fl.FlightDescriptor.for_command(b"kept"), table.schema, fl.FlightCallOptions(timeout=0.5))
    writer.write_batch(table.to_batches()[0])
    time.sleep(1)
    message = refused(fl.FlightTimedOutError, writer.close)
    print(message.splitlines()[0])
    same_table(client.do_get(fl.Ticket(b"kept")).read_all(), version(1), "kept after the deadline")


def cancelled_get(client: fl.FlightClient) -> None:
    """A get given up half way leaves the connection in use."""
    for _ in range(5):
        reader = client.do_get(fl.Ticket(b"kept"))
        reader.read_chunk()
        reader.cancel()
    same_table(client.do_get(fl.Ticket(b"kept")).read_all(), version(1), "kept after cancelled gets")


def errors(client: fl.FlightClient) -> None:
    """Names of no table get KeyError and the nearest names, names that are none get ArrowInvalid."""
    small = pa.table({"n": [1, 2, 3]})
    put(client, b"trips", small)
    put(client, b"trips/2025", small)

    def get(ticket: bytes):
        return lambda: client.do_get(fl.Ticket(ticket)).read_all()

    def info(descriptor: fl.FlightDescriptor):
        return lambda: client.get_flight_info(descriptor)

    print(refused(KeyError, get(b"trisp"), "trisp", "trips"))
    print(refused(KeyError, info(fl.FlightDescriptor.for_command(b"trps")), "trps", "trips"))
    print(refused(KeyError, info(fl.FlightDescriptor.for_path("trips", "2026")), "trips/2026", "trips/2025"))
    print(refused(KeyError, lambda: client.get_schema(fl.FlightDescriptor.for_path("tripss")), "tripss", "trips"))
    for what, bad in (("empty", b""), ("not UTF-8", b"\xff\xfe garbage"), ("a control character", b"a\nb"),
                      ("an empty segment", b"a//b"), ("too many segments", b"/".join([b"s"] * (MAX_SEGMENTS + 1))),
                      ("too long", b"n" * (MAX_NAME_BYTES + 1))):
        print(what, "ticket:", refused(pa.ArrowInvalid, get(bad)).splitlines()[0])
        print(what, "put:", refused(pa.ArrowInvalid, lambda: put(client, bad, small)).splitlines()[0])
    refused(pa.ArrowInvalid, info(fl.FlightDescriptor.for_path()))
    refused(pa.ArrowInvalid, info(fl.FlightDescriptor.for_path("a", "")))
    for longest in (b"/".join([b"s"] * MAX_SEGMENTS), b"n" * MAX_NAME_BYTES, "飛行機".encode()):
        put(client, longest, small)
        same_table(client.do_get(fl.Ticket(longest)).read_all(), small, "a name at the limit")
        list(client.do_action(fl.Action("drop_table", longest)))
    for name in (b"trips", b"trips/2025", b"overwritten", b"kept"):
        list(client.do_action(fl.Action("drop_table", name)))


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    url = p.parse_args().url
    client = connect(url)
    readers_in_the_middle(url, client)
    readers_all_the_time(url, client)
    writers_at_once(url, client)
    broken_off(url, client)
    deadline_in_the_middle(client)
    cancelled_get(client)
    errors(client)
    print("overwrite: everything works")


if __name__ == "__main__":
    main()
