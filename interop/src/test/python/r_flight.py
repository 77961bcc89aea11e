#!/usr/bin/env python3
"""What R's arrow package does over reticulate: flight_connect, flight_put, flight_get, list_flights, flight_path_exists.

    r_flight.py grpc://127.0.0.1:8815

The server must hold no table that was put under a command: R reads the first path segment of every flight it lists.
"""
import argparse
from urllib.parse import urlparse

import pyarrow as pa
import pyarrow.flight as fl

from checks import check, connect, same_table

MAX_CHUNK_ROWS = 2


def flight_connect(host: str, port: int, scheme: str = "grpc+tcp") -> fl.FlightClient:
    return fl.FlightClient(f"{scheme}://{host}:{port}")


def flight_put(client, data, path: str, overwrite: bool = True, max_chunksize: int | None = None):
    if not overwrite and flight_path_exists(client, path):
        raise FileExistsError(f"{path} exists.")
    writer = client.do_put(fl.FlightDescriptor.for_path(path), data.schema)[0]
    if isinstance(data, pa.RecordBatch):
        writer.write_batch(data)
    elif max_chunksize is not None:
        writer.write_table(data, max_chunksize)
    else:
        writer.write_table(data)
    writer.close()
    return client


def flight_get(client, path: str) -> pa.Table:
    info = client.get_flight_info(fl.FlightDescriptor.for_path(path))
    return client.do_get(info.endpoints[0].ticket).read_all()


def list_flights(client) -> list[str]:
    return [str(info.descriptor.path[0], "utf-8") for info in client.list_flights()]


def flight_path_exists(client, path: str) -> bool:
    try:
        client.get_flight_info(fl.FlightDescriptor.for_path(path))
        return True
    except Exception as e:
        # R looks for this word in "module.Class: message", and raises anything else again.
        if "ArrowKeyError" not in f"{type(e).__module__}.{type(e).__name__}: {e}":
            raise
        return False


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    args = p.parse_args()
    connect(args.url).close()
    at = urlparse(args.url)
    client = flight_connect(at.hostname, at.port)
    print("list_flights:", list_flights(client))
    check(not flight_path_exists(client, "pollution_data"), "pollution_data is not there yet")

    # A data frame of R carries its attributes in the schema's metadata, under the key "r".
    months = pa.DictionaryArray.from_arrays(pa.array([0, 0, 1, 1], pa.int8()), pa.array(["May", "June"]))
    table = pa.table({"Ozone": pa.array([41, 36, None, 18], pa.int32()), "Wind": [7.4, 8.0, 12.6, 11.5], "Month": months})
    table = table.replace_schema_metadata({"r": "A\n3\n263168\n197888\n5\nUTF-8\n531\n1\n531\n3\n254\n254\n254\n"})
    flight_put(client, table, path="pollution_data")
    print("after flight_put:", list_flights(client))
    check(list_flights(client).count("pollution_data") == 1, "pollution_data is listed once")
    check(flight_path_exists(client, "pollution_data"), "pollution_data exists")
    same_table(flight_get(client, "pollution_data"), table, "pollution_data")
    print(flight_get(client, "pollution_data").to_pandas())

    flight_put(client, table.slice(0, 2), path="pollution_data", overwrite=True)
    same_table(flight_get(client, "pollution_data"), table.slice(0, 2), "overwritten")
    try:
        flight_put(client, table, path="pollution_data", overwrite=False)
        raise AssertionError("overwrite=False must refuse")
    except FileExistsError as e:
        print("overwrite = FALSE:", e)
    same_table(flight_get(client, "pollution_data"), table.slice(0, 2), "left alone")

    flight_put(client, table.to_batches()[0], path="a_batch", overwrite=False)
    same_table(flight_get(client, "a_batch"), table, "a_batch")
    flight_put(client, table, path="in_chunks", max_chunksize=MAX_CHUNK_ROWS)
    got = flight_get(client, "in_chunks")
    same_table(got, table, "in_chunks")
    check([c.num_rows for c in got.to_batches()] == [2, 2], "batches come back as they were put")
    flight_put(client, table, path="test/airquality")
    same_table(flight_get(client, "test/airquality"), table, "a path with a slash")

    check("clear" in [a.type for a in client.list_actions()], "clear is an action")
    list(client.do_action(fl.Action("healthcheck", b"")))
    list(client.do_action(fl.Action("clear", b"")))
    check(list_flights(client) == [], "clear leaves nothing")
    client.close()
    print("r_flight: everything works")


if __name__ == "__main__":
    main()
