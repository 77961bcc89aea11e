#!/usr/bin/env python3
"""What a server does at its limits: acknowledgements nobody reads, tables past its memory, very many small batches.

    limits.py grpc://127.0.0.1:8815 acknowledgements
    limits.py grpc://127.0.0.1:8815 memory 67108864
    limits.py grpc://127.0.0.1:8815 batches 1000000
    limits.py grpc://127.0.0.1:8815 fill 167772160
"""
import sys
import time

import pyarrow as pa
import pyarrow.flight as fl

from checks import check, connect, refused, same_table

# Far more than the windows of both sides hold; less than half of a small heap.
ACKNOWLEDGED = 2_000
METADATA_BYTES = 100_000
ROWS_PER_BATCH = 65_536
BATCH_BYTES = ROWS_PER_BATCH * 8


def put(client: fl.FlightClient, name: str, table: pa.Table) -> None:
    writer, _ = client.do_put(fl.FlightDescriptor.for_path(name), table.schema)
    with writer:
        writer.write_table(table)


def numbers(size: int) -> pa.Table:
    batch = pa.record_batch({"n": pa.array(range(ROWS_PER_BATCH))})
    return pa.Table.from_batches([batch] * (size // BATCH_BYTES))


def drop(client: fl.FlightClient, name: str) -> None:
    list(client.do_action(fl.Action("drop_table", name.encode())))


def acknowledgements(client: fl.FlightClient) -> None:
    """The server answers each batch with its app_metadata; this client reads none of it, and comes to its end."""
    batch = pa.record_batch({"n": pa.array([1])})
    metadata = b"m" * METADATA_BYTES
    start = time.monotonic()
    writer, _ = client.do_put(fl.FlightDescriptor.for_path("unread"), batch.schema)
    for _ in range(ACKNOWLEDGED):
        writer.write_with_metadata(batch, metadata)
    writer.close()
    rows = client.get_flight_info(fl.FlightDescriptor.for_path("unread")).total_records
    check(rows == ACKNOWLEDGED, f"{ACKNOWLEDGED} rows were put, {rows} are there")
    drop(client, "unread")
    print(f"{ACKNOWLEDGED} acknowledgements left unread, {time.monotonic() - start:.1f} s")


def refused_put(client: fl.FlightClient, name: str, table: pa.Table) -> None:
    """A put that does not fit: what is on its way when it is refused must not end the connection."""
    print(refused(pa.ArrowException, lambda: put(client, name, table), "resource exhausted", "drop tables"))


def memory(client: fl.FlightClient, budget: int) -> None:
    """A put past the budget is refused, what was there stays, and what is dropped makes room."""
    kept, half, double = numbers(budget // 8), numbers(budget // 2), numbers(budget * 2)
    put(client, "kept", kept)
    refused_put(client, "kept", double)
    refused_put(client, "new", double)
    same_table(client.do_get(fl.Ticket(b"kept")).read_all(), kept, "kept")
    check([info.descriptor.path for info in client.list_flights()] == [[b"kept"]], "the refused table is not there")
    put(client, "half", half)
    refused_put(client, "another half", half)
    drop(client, "half")
    put(client, "another half", half)
    same_table(client.do_get(fl.Ticket(b"another half")).read_all(), half, "another half")
    for name in ("kept", "another half"):
        drop(client, name)


def batches(client: fl.FlightClient, many: int) -> None:
    """Batches of one row: all of them fit, or the put is refused; either way the server goes on."""
    batch = pa.record_batch({"n": pa.array([1])})
    writer, _ = client.do_put(fl.FlightDescriptor.for_path("many"), batch.schema)
    start = time.monotonic()
    try:
        with writer:
            for _ in range(many):
                writer.write_batch(batch)
    except pa.ArrowException as e:
        check("batches" in str(e) or "memory" in str(e), f"the refusal says what there is too much of: {e}")
        print(f"{many} batches refused after {time.monotonic() - start:.1f} s: {str(e).splitlines()[0]}")
    else:
        rows = client.get_flight_info(fl.FlightDescriptor.for_path("many")).total_records
        check(rows == many, f"{many} rows were put, {rows} are there")
        drop(client, "many")
        print(f"{many} batches fit, {time.monotonic() - start:.1f} s")
    small = pa.table({"n": [1, 2, 3]})
    put(client, "after", small)
    same_table(client.do_get(fl.Ticket(b"after")).read_all(), small, "after")
    drop(client, "after")


def main() -> None:
    match sys.argv[1:]:
        case [url, "acknowledgements"]:
            acknowledgements(connect(url))
        case [url, "memory", budget]:
            memory(connect(url), int(budget))
        case [url, "batches", many]:
            batches(connect(url), int(many))
        case [url, "fill", size]:
            put(connect(url), "long", numbers(int(size)))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
