"""Parquet files got from two servers that serve one folder, round by round: P-8.

    parquet_files.py --a grpc://… --b grpc://… --folder DIR [--mb 512] [--rounds 7]

The files are written here, with pyarrow's defaults. Both are got by their raw names, so in one stream. The GB are those of
the rows in memory.
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


def get(client: fl.FlightClient, name: str, table: pa.Table) -> float:
    start = time.perf_counter()
    rows = sum(chunk.data.num_rows for chunk in client.do_get(fl.Ticket(name)))
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
        rates: tuple[list[float], list[float]] = ([], [])
        for i in range(args.warmup + args.rounds):
            order = (0, 1) if i % 2 == 0 else (1, 0)
            seconds = [0.0, 0.0]
            for which in order:
                seconds[which] = get((a, b)[which], name, table)
            if i >= args.warmup:
                for which in (0, 1):
                    rates[which].append(table.nbytes / seconds[which] / 1e9)
        ratio = statistics.median(x / y for x, y in zip(*rates))
        print(f"{shape.__name__}: A {statistics.median(rates[0]):.2f} GB/s  B {statistics.median(rates[1]):.2f} GB/s"
              f"  A/B {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
