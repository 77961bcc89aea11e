"""Parquet files got from two servers that serve one folder, round by round: P-8.

    parquet_files.py --a grpc://… --b grpc://… --folder DIR [--mb 512] [--rounds 7]

The files are written here, with pyarrow's defaults. Both are got by their raw names, so in one stream. Hangar is asked twice
each time: to read the file anew, and as anybody asks, which it answers from memory by then. The GB are those of the rows in
memory.
"""
import argparse
import pathlib
import statistics
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.flight as fl
import pyarrow.parquet as pq

ROWS = 1 << 20


def numbers(rng: np.random.Generator) -> pa.RecordBatch:
    """Four columns as measurements are: floats, numbers in few and in many values, times."""
    return pa.record_batch([
        pa.array(rng.random(ROWS)),
        pa.array(rng.integers(0, 1 << 40, ROWS)),
        pa.array(rng.integers(0, 1_000, ROWS)),
        pa.array(np.arange(ROWS, dtype="int64") * 1_000_000, pa.timestamp("us")),
    ], names=["x", "n", "kind", "at"])


def strings(rng: np.random.Generator) -> pa.RecordBatch:
    """Words that repeat, and texts that do not."""
    return pa.record_batch([
        pa.array([f"city {i}" for i in range(500)]).take(pa.array(rng.integers(0, 500, ROWS))),
        pc.cast(pa.array(rng.integers(0, 1 << 60, ROWS)), pa.string()),
    ], names=["city", "id"])


def write(path: pathlib.Path, batch: pa.RecordBatch, megabytes: int) -> pa.Table:
    table = pa.Table.from_batches([batch] * max(1, round((megabytes << 20) / batch.nbytes)))
    pq.write_table(table, path)
    return table


READ_ANEW = fl.FlightCallOptions(headers=[(b"hangar-cache", b"no")])


def get(client: fl.FlightClient, name: str, table: pa.Table, options: fl.FlightCallOptions | None = None) -> float:
    start = time.perf_counter()
    rows = sum(chunk.data.num_rows for chunk in client.do_get(fl.Ticket(name), options))
    seconds = time.perf_counter() - start
    if rows != table.num_rows:
        raise SystemExit(f"{rows} rows came back, not {table.num_rows}")
    return seconds


def same(a: fl.FlightClient, b: fl.FlightClient, name: str) -> None:
    """What both give is the same, value by value."""
    mine, theirs = (c.do_get(fl.Ticket(name)).read_all() for c in (a, b))
    if not mine.cast(theirs.schema).equals(theirs):
        raise SystemExit(f"{name}: the servers give different values")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--a", required=True)
    p.add_argument("--b", required=True)
    p.add_argument("--folder", type=pathlib.Path, required=True)
    p.add_argument("--mb", type=int, default=512)
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--warmup", type=int, default=2)
    args = p.parse_args()
    a, b = fl.connect(args.a), fl.connect(args.b)
    for shape in (numbers, strings):
        name = f"{shape.__name__}.parquet"
        table = write(args.folder / name, shape(np.random.default_rng(7)), args.mb)
        same(a, b, name)
        ways = {"anew": (a, READ_ANEW), "again": (a, None), "peer": (b, None)}
        rates: dict[str, list[float]] = {way: [] for way in ways}
        for i in range(args.warmup + args.rounds):
            order = list(ways) if i % 2 == 0 else list(reversed(ways))
            for way in order:
                client, options = ways[way]
                rate = table.nbytes / get(client, name, table, options) / 1e9
                if i >= args.warmup:
                    rates[way].append(rate)
        for way in ("anew", "again"):
            ratio = statistics.median(x / y for x, y in zip(rates[way], rates["peer"], strict=True))
            print(f"{shape.__name__} {way}: A {statistics.median(rates[way]):.2f} GB/s"
                  f"  B {statistics.median(rates['peer']):.2f} GB/s  A/B {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
