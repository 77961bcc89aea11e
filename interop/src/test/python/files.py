#!/usr/bin/env python3
"""Files for tests of the command line: makes one with many types, or says whether two hold the same table.

    files.py make FILE ROWS
    files.py equal FILE FILE
"""
import pathlib
import sys
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.json
import pyarrow.parquet as pq

from checks import check

SEED = 8815
ROWS_PER_GROUP = 20_000


def table(rows: int) -> pa.Table:
    """Columns that every file format with types of its own can hold, nulls among them."""
    rng = np.random.default_rng(SEED)
    missing = rng.random(rows) < 0.2
    return pa.table({
        "id": np.arange(rows),
        "small": pa.array(rng.integers(-100, 100, rows), pa.int8(), mask=missing),
        "ratio": pa.array(rng.random(rows), mask=missing),
        "flag": pa.array(rng.random(rows) < 0.5, mask=missing),
        "word": pa.array([None if m else f"wörd {i % 97}" for i, m in enumerate(missing)]),
        "bytes": pa.array([bytes([i % 256]) * (i % 5) for i in range(rows)], pa.binary()),
        "day": pa.array(rng.integers(0, 20_000, rows).astype("int32"), pa.int32()).cast(pa.date32()),
        "moment": pa.array(rng.integers(0, 1 << 50, rows), pa.timestamp("us")),
        "price": pa.array([Decimal(i) / 100 for i in range(rows)], pa.decimal128(12, 2)),
        "list": pa.array([[i, None] if i % 3 else [] for i in range(rows)], pa.list_(pa.int64())),
        "point": pa.array([{"x": i, "y": f"{i}"} for i in range(rows)]),
    })


def read(file: pathlib.Path) -> pa.Table:
    kind = file.suffix
    if kind == ".parquet":
        return pq.read_table(file)
    if kind == ".csv":
        return pa.csv.read_csv(file)
    if kind == ".json" or kind == ".jsonl":
        return pa.json.read_json(file)
    with pa.memory_map(str(file)) as source:
        opened = pa.ipc.open_stream(source) if kind == ".arrows" else pa.ipc.open_file(source)
        return opened.read_all()


def equal(one: pathlib.Path, other: pathlib.Path) -> None:
    """Equal rows and types; how nullable a column is called, and notes of the writers, may differ."""
    a, b = read(one), read(other)
    check(a.column_names == b.column_names, f"columns {a.column_names} and {b.column_names}")
    check(a.num_rows == b.num_rows, f"{a.num_rows} and {b.num_rows} rows")
    for name in a.column_names:
        x, y = a[name], b[name]
        check(x.type == y.type or x.cast(y.type).cast(x.type).equals(x), f"{name}: types {x.type} and {y.type}")
        check(x.cast(y.type).combine_chunks().equals(y.combine_chunks()), f"{name}: values differ")
    print(f"{one.name} and {other.name}: {a.num_rows} rows, {a.num_columns} columns, equal")


def main() -> None:
    match sys.argv[1:]:
        case ["make", file, rows]:
            pq.write_table(table(int(rows)), file, row_group_size=ROWS_PER_GROUP)
        case ["equal", one, other]:
            equal(pathlib.Path(one), pathlib.Path(other))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
