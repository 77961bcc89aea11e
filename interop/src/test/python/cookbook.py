#!/usr/bin/env python3
"""The client of the Arrow Cookbook's chapter "Flight", call for call: the Parquet store, whole and streaming.

    cookbook.py grpc://127.0.0.1:8815 [--folder DIR]

With the folder that the server has mounted, what was put is opened as a Parquet file there too.
"""
import argparse
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.flight as fl
import pyarrow.parquet as pq

from checks import check, connect, refused, same_table

BATCHES = 1024
ROWS_PER_BATCH = 4096


def show(info: fl.FlightInfo) -> None:
    print("Path:", info.descriptor.path[0].decode("utf-8"), "Rows:", info.total_records, "Size:", info.total_bytes)
    print("=== Schema ===")
    print(info.schema)
    print("==============")


def paths(client: fl.FlightClient) -> list[str]:
    return [i.descriptor.path[0].decode("utf-8") for i in client.list_flights() if i.descriptor.path]


def whole(client: fl.FlightClient, folder: pathlib.Path | None) -> None:
    table = pa.table([["Mario", "Luigi", "Peach"]], names=["Character"])
    descriptor = fl.FlightDescriptor.for_path("uploaded.parquet")
    writer, _ = client.do_put(descriptor, table.schema)
    writer.write_table(table)
    writer.close()

    info = client.get_flight_info(descriptor)
    show(info)
    check(info.descriptor == descriptor, f"the descriptor asked with comes back, not {info.descriptor}")
    check(info.total_records == 3, f"3 rows, not {info.total_records}")
    check(info.total_bytes > 0, f"the size is known, not {info.total_bytes}")

    if folder:
        same_table(pq.read_table(folder / "uploaded.parquet"), table, "the file on the disk")
    frame = client.do_get(info.endpoints[0].ticket).read_all().to_pandas()
    print(frame.head())
    check(list(frame["Character"]) == ["Mario", "Luigi", "Peach"], f"the three of them came back, not {frame}")
    same_table(client.do_get(info.endpoints[0].ticket).read_all(), table, "uploaded.parquet")
    same_table(client.do_get(fl.Ticket("uploaded.parquet")).read_all(), table, "ticket with the raw file name")
    check(client.do_get(info.endpoints[0].ticket).read_pandas().equals(frame), "read_pandas gives the same")

    for flight in client.list_flights():
        show(flight)
    check("uploaded.parquet" in paths(client), f"uploaded.parquet is listed, not {paths(client)}")

    client.do_action(fl.Action("drop_dataset", "uploaded.parquet".encode("utf-8")))
    check("uploaded.parquet" not in paths(client), f"uploaded.parquet is gone, not {paths(client)}")
    print(refused(KeyError, lambda: client.get_flight_info(descriptor), "uploaded.parquet"))
    known = [a.type for a in client.list_actions()]
    check("drop_dataset" in known, f"drop_dataset is an action, not only {known}")


def streaming(client: fl.FlightClient, folder: pathlib.Path | None) -> None:
    descriptor = fl.FlightDescriptor.for_path("streamed.parquet")
    batch = pa.record_batch([pa.array(range(ROWS_PER_BATCH))], names=["ints"])
    writer, _ = client.do_put(descriptor, batch.schema)
    with writer:
        for _ in range(BATCHES):
            writer.write_batch(batch)

    info = client.get_flight_info(descriptor)
    show(info)
    check(info.total_records == BATCHES * ROWS_PER_BATCH, f"all rows counted, not {info.total_records}")
    if folder:
        metadata = pq.read_metadata(folder / "streamed.parquet")
        check(metadata.num_rows == BATCHES * ROWS_PER_BATCH, f"the file on the disk has all rows, not {metadata}")
    reader = client.do_get(info.endpoints[0].ticket)
    total_rows = 0
    for chunk in reader:  # a file's batches need not be those that were put
        ints = chunk.data.column("ints").to_numpy()
        expected = (np.arange(total_rows, total_rows + len(ints))) % ROWS_PER_BATCH
        check(chunk.data.schema.equals(batch.schema) and (ints == expected).all(), f"the batch after row {total_rows} differs")
        total_rows += chunk.data.num_rows
    print("Got", total_rows, "rows total, expected", BATCHES * ROWS_PER_BATCH)
    check(total_rows == BATCHES * ROWS_PER_BATCH, f"{total_rows} rows came back")
    client.do_action(fl.Action("drop_dataset", b"streamed.parquet"))
    check("streamed.parquet" not in paths(client), "streamed.parquet is gone")
    if folder:
        left = list(folder.iterdir())
        check(not left, f"nothing is left on the disk, not {left}")


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    p.add_argument("--folder", type=pathlib.Path)
    args = p.parse_args()
    client = connect(args.url)
    whole(client, args.folder)
    streaming(client, args.folder)
    print("cookbook: everything works")


if __name__ == "__main__":
    main()
