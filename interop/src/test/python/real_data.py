#!/usr/bin/env python3
"""Files in and out: every CSV of a folder, and a Parquet file made for the purpose, streamed batch by batch.

    real_data.py grpc://127.0.0.1:8815 FOLDER [--parquet-mb 64] [--work FOLDER]
"""
import argparse
import pathlib
import resource
import tempfile
import time

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.flight as fl
import pyarrow.parquet as pq

from checks import check, connect, same_batch, same_table

SEED = 7
ROWS_PER_GROUP = 1 << 18
ROWS_PER_BATCH = 1 << 16
MAX_OWN_MEMORY_MB = 1_024


def csv_files(client: fl.FlightClient, folder: pathlib.Path) -> None:
    files = sorted(folder.glob("*.csv"))
    check(bool(files), f"no CSV file in {folder}")
    for file in files:
        # As R writes them: NA is a missing value, where the column's other values are numbers.
        table = pa.csv.read_csv(file, convert_options=pa.csv.ConvertOptions(null_values=["NA", ""]))
        descriptor = fl.FlightDescriptor.for_command(file.stem.encode())
        writer, _ = client.do_put(descriptor, table.schema)
        writer.write_table(table)
        writer.close()
        info = client.get_flight_info(descriptor)
        check(info.total_records == table.num_rows, f"{file.name}: {table.num_rows} rows, not {info.total_records}")
        got = client.do_get(fl.Ticket(file.stem.encode())).read_all()
        same_table(got, table, file.name)
        check(got.to_pandas().equals(table.to_pandas()), f"{file.name}: the data frames differ")
        print(f"{file.name}: {table.num_rows} rows, {table.num_columns} columns, {info.total_bytes} bytes, equal")


def row_group(n: int, rng: np.random.Generator) -> pa.Table:
    """Columns like those of a trip record; about 40 bytes a row, hard to compress."""
    words = np.array([f"station {i:03d}" for i in range(500)])
    return pa.table({
        "id": np.arange(n * ROWS_PER_GROUP, (n + 1) * ROWS_PER_GROUP),
        "started": pa.array(rng.integers(1_700_000_000_000_000, 1_760_000_000_000_000, ROWS_PER_GROUP),
                            pa.timestamp("us", "UTC")),
        "distance": rng.random(ROWS_PER_GROUP),
        "fare": pa.array(rng.random(ROWS_PER_GROUP), mask=rng.random(ROWS_PER_GROUP) < 0.1),
        "station": pa.array(words[rng.integers(0, len(words), ROWS_PER_GROUP)]),
    })


def generate(file: pathlib.Path, megabytes: int) -> int:
    """Writes a Parquet file of about `megabytes`; returns its rows."""
    rng = np.random.default_rng(SEED)
    rows = 0
    with pq.ParquetWriter(file, row_group(0, rng).schema) as writer:
        while rows == 0 or file.stat().st_size < megabytes << 20:
            writer.write_table(row_group(rows // ROWS_PER_GROUP, rng))
            rows += ROWS_PER_GROUP
    return rows


def parquet(client: fl.FlightClient, file: pathlib.Path, megabytes: int) -> None:
    rows = generate(file, megabytes)
    # Without pre_buffer: it would keep the raw bytes of every row group read.
    source = pq.ParquetFile(file, pre_buffer=False)
    descriptor = fl.FlightDescriptor.for_path("generated.parquet")
    sent_bytes, start = 0, time.perf_counter()
    writer, _ = client.do_put(descriptor, source.schema_arrow)
    with writer:
        for batch in source.iter_batches(ROWS_PER_BATCH):
            writer.write_batch(batch)
            sent_bytes += batch.nbytes
    seconds = time.perf_counter() - start
    print(f"generated.parquet: {file.stat().st_size >> 20} MiB, {rows} rows, {sent_bytes >> 20} MiB of Arrow put in "
          f"{seconds:.1f} s, Parquet reading included")
    info = client.get_flight_info(descriptor)
    check(info.total_records == rows, f"{rows} rows were put, {info.total_records} are there")
    start = time.perf_counter()
    mine, seen = source.iter_batches(ROWS_PER_BATCH), 0
    for chunk in client.do_get(info.endpoints[0].ticket):
        same_batch(chunk.data, next(mine), f"batch after row {seen}")
        seen += chunk.data.num_rows
    check(seen == rows and next(mine, None) is None, f"{rows} rows were put, {seen} came back")
    print(f"generated.parquet: {seen} rows came back equal in {time.perf_counter() - start:.1f} s, comparing included")


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    p.add_argument("folder", type=pathlib.Path)
    p.add_argument("--parquet-mb", type=int, default=64)
    p.add_argument("--work", type=pathlib.Path, help="where the Parquet file is made; a temporary folder if not given")
    args = p.parse_args()
    client = connect(args.url)
    csv_files(client, args.folder)
    with tempfile.TemporaryDirectory(dir=args.work) as work:
        parquet(client, pathlib.Path(work) / "generated.parquet", args.parquet_mb)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    check(peak_mb < MAX_OWN_MEMORY_MB, f"the script itself took {peak_mb} MiB: something was held whole")
    for info in list(client.list_flights()):
        name = info.descriptor.command or b"/".join(info.descriptor.path or [])
        list(client.do_action(fl.Action("drop_table", name)))
    print(f"real_data: everything works (peak memory of this script {peak_mb} MiB)")


if __name__ == "__main__":
    main()
