#!/usr/bin/env python3
"""The client of the Arrow Cookbook's chapter "Flight", call for call: the Parquet store, whole and streaming.

    cookbook.py grpc://127.0.0.1:8815
"""
import argparse

import pyarrow as pa
import pyarrow.flight as fl

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


def whole(client: fl.FlightClient) -> None:
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


def streaming(client: fl.FlightClient) -> None:
    descriptor = fl.FlightDescriptor.for_path("streamed.parquet")
    batch = pa.record_batch([pa.array(range(ROWS_PER_BATCH))], names=["ints"])
    writer, _ = client.do_put(descriptor, batch.schema)
    with writer:
        for _ in range(BATCHES):
            writer.write_batch(batch)

    info = client.get_flight_info(descriptor)
    show(info)
    check(info.total_records == BATCHES * ROWS_PER_BATCH, f"all rows counted, not {info.total_records}")
    reader = client.do_get(info.endpoints[0].ticket)
    total_rows = 0
    for chunk in reader:
        check(chunk.data.equals(batch), f"the batch after row {total_rows} differs")
        total_rows += chunk.data.num_rows
    print("Got", total_rows, "rows total, expected", BATCHES * ROWS_PER_BATCH)
    check(total_rows == BATCHES * ROWS_PER_BATCH, f"{total_rows} rows came back")
    client.do_action(fl.Action("drop_dataset", b"streamed.parquet"))
    check("streamed.parquet" not in paths(client), "streamed.parquet is gone")


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    client = connect(p.parse_args().url)
    whole(client)
    streaming(client)
    print("cookbook: everything works")


if __name__ == "__main__":
    main()
