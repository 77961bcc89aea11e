"""Tables on disk beside tables in memory, on one server with a data directory, round by round: P-5 and P-6.

The disk's own rate is that of a file as long as the table, written in pieces of 2 MiB and forced, where the tables lie.
"""
import argparse
import os
import pathlib
import statistics
import time

import numpy as np
import pyarrow as pa
import pyarrow.flight as fl

PIECE_BYTES = 2 << 20
ROWS = 65_536


def table(megabytes: int) -> pa.Table:
    rng = np.random.default_rng(7)
    batch = pa.record_batch([pa.array(rng.random(ROWS)) for _ in range(4)], names=list("abcd"))
    return pa.Table.from_batches([batch] * max(1, (megabytes << 20) // batch.nbytes))


def put(client: fl.FlightClient, data: pa.Table, durability: str) -> float:
    options = fl.FlightCallOptions(headers=[(b"hangar-durability", durability.encode())])
    start = time.perf_counter()
    writer, _ = client.do_put(fl.FlightDescriptor.for_command(durability.encode()), data.schema, options)
    writer.write_table(data)
    writer.close()
    return time.perf_counter() - start


def get(client: fl.FlightClient, data: pa.Table, durability: str) -> float:
    start = time.perf_counter()
    rows = sum(chunk.data.num_rows for chunk in client.do_get(fl.Ticket(durability.encode())))
    seconds = time.perf_counter() - start
    if rows != data.num_rows:
        raise SystemExit(f"{rows} rows came back, not {data.num_rows}")
    return seconds


def raw(folder: pathlib.Path, piece: bytes, bytes_: int) -> float:
    path = folder / "raw.bin"
    start = time.perf_counter()
    with path.open("wb", buffering=0) as file:
        for _ in range(bytes_ // PIECE_BYTES):
            file.write(piece)
        os.fsync(file.fileno())
    seconds = time.perf_counter() - start
    path.unlink()
    return seconds


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--url", required=True)
    p.add_argument("--folder", type=pathlib.Path, required=True, help="a folder on the disk of the tables")
    p.add_argument("--mb", type=int, default=512)
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--warmup", type=int, default=3)
    args = p.parse_args()
    data = table(args.mb)
    client = fl.connect(args.url)
    piece = os.urandom(PIECE_BYTES)
    seen: dict[str, list[float]] = {}
    ways = {
        "raw": lambda: raw(args.folder, piece, data.nbytes),
        "put disk": lambda: put(client, data, "disk"),
        "put memory": lambda: put(client, data, "memory"),
        "get disk": lambda: get(client, data, "disk"),
        "get memory": lambda: get(client, data, "memory"),
    }
    # apart: behind a put the server removes what it replaced, and a get would pay for that
    for what in (("raw", "put disk", "put memory"), ("get disk", "get memory")):
        for i in range(args.warmup + args.rounds):
            for way in what:
                seconds = ways[way]()
                if i >= args.warmup:
                    seen.setdefault(way, []).append(data.nbytes / seconds / 1e9)
    rate = {key: statistics.median(rates) for key, rates in seen.items()}
    gets = statistics.median(a / b for a, b in zip(seen["get disk"], seen["get memory"]))
    bounds = [min(a, b) for a, b in zip(seen["raw"], seen["put memory"])]
    puts = statistics.median(a / b for a, b in zip(seen["put disk"], bounds))
    print(f"get: A {rate['get disk']:.2f} GB/s  B {rate['get memory']:.2f} GB/s  A/B {gets:.2f}")
    print(f"put: A {rate['put disk']:.2f} GB/s  B {statistics.median(bounds):.2f} GB/s  A/B {puts:.2f}"
          f"  (disk {rate['raw']:.2f}, memory {rate['put memory']:.2f})")


if __name__ == "__main__":
    main()
