#!/usr/bin/env python3
"""The client of "Building an Arrow Flight server", call for call.

    tiny_flight.py grpc://127.0.0.1:8815 [--shutdown]
"""
import argparse
from urllib.parse import urlparse

import pyarrow as pa
import pyarrow.flight as fl

from checks import check, connect, refused, same_schema, same_table


class TinyClient:
    """The tutorial's client: the same calls in the same order, and like it heedless of their results."""

    def __init__(self, host: str, port: int):
        self.location = fl.Location.for_grpc_tcp(host, port)
        self.connection = fl.connect(self.location)
        self.connection.wait_for_available()

    def put_table(self, name: str, table: pa.Table) -> None:
        descriptor = fl.FlightDescriptor.for_command(name.encode("utf8"))
        writer, _ = self.connection.do_put(descriptor, table.schema)
        writer.write(table)
        writer.close()

    def get_table(self, name: str) -> pa.Table:
        return self.connection.do_get(fl.Ticket(name.encode("utf8"))).read_all()

    def list_tables(self) -> list[str]:
        return [info.descriptor.command.decode("utf-8") for info in self.connection.list_flights()]

    def drop_table(self, name: str) -> None:
        self.connection.do_action(fl.Action("drop_table", name.encode("utf8")))


def airquality() -> pa.Table:
    return pa.table({
        "Ozone": pa.array([41, 36, 12, 18, None, 28], pa.int64()),
        "Solar.R": pa.array([190, 118, 149, 313, None, None], pa.int64()),
        "Wind": [7.4, 8.0, 12.6, 11.5, 14.3, 14.9],
        "Temp": [67, 72, 74, 62, 56, 66],
        "Month": [5] * 6,
        "Day": [1, 2, 3, 4, 5, 6],
    })


def fijiquakes() -> pa.Table:
    return pa.table({
        "lat": [-20.42, -20.62, -26.0, -17.97, -20.42],
        "long": [181.62, 181.03, 184.1, 181.66, 181.96],
        "depth": [562, 650, 42, 626, 649],
        "mag": [4.8, 4.2, 5.4, 4.1, 4.0],
        "stations": [41, 15, 43, 19, 11],
    })


def the_tutorial(client: TinyClient) -> None:
    client.put_table("fijiquakes", fijiquakes())
    client.put_table("airquality", airquality())
    tables = client.list_tables()
    print("list_tables:", tables)
    check({"airquality", "fijiquakes"} <= set(tables), f"both tables are listed, not {tables}")
    same_table(client.get_table("fijiquakes"), fijiquakes(), "fijiquakes")
    print(client.get_table("fijiquakes").to_pandas().head())
    client.drop_table("airquality")
    tables = client.list_tables()
    print("after drop_table:", tables)
    check("airquality" not in tables and "fijiquakes" in tables, f"airquality alone is gone, not {tables}")


def five_parts_of_a_flight_info(connection: fl.FlightClient) -> None:
    descriptor = fl.FlightDescriptor.for_command(b"fijiquakes")
    listed = [i for i in connection.list_flights() if i.descriptor.command == b"fijiquakes"]
    check(len(listed) == 1, f"fijiquakes is listed once, not {len(listed)} times")
    for where, info in (("get_flight_info", connection.get_flight_info(descriptor)), ("list_flights", listed[0])):
        check(info.descriptor == descriptor, f"{where}: the descriptor is the command it was put under")
        same_schema(info.schema, fijiquakes().schema, where)
        check(info.total_records == 5, f"{where}: total_records is {info.total_records}")
        check(info.total_bytes > 0, f"{where}: total_bytes is {info.total_bytes}")
        check(len(info.endpoints) >= 1, f"{where}: there is an endpoint")
        table = pa.concat_tables(connection.do_get(e.ticket).read_all() for e in info.endpoints)
        same_table(table, fijiquakes(), where)
        print(f"{where}: {info.total_records} records, {info.total_bytes} bytes, "
              f"locations {[str(l.uri) for e in info.endpoints for l in e.locations]}")
    same_schema(connection.get_schema(descriptor).schema, fijiquakes().schema, "get_schema")


def actions(connection: fl.FlightClient) -> None:
    known = [a.type for a in connection.list_actions()]
    print("list_actions:", known)
    check({"drop_table", "shutdown"} <= set(known), f"drop_table and shutdown are actions, not only {known}")
    print(refused(KeyError, lambda: connection.do_get(fl.Ticket(b"airquality")).read_all(), "airquality"))
    print(refused(KeyError, lambda: list(connection.do_action(fl.Action("drop_table", b"airquality"))), "airquality"))
    unknown = fl.Action("no_such_action", b"")
    print(refused(Exception, lambda: list(connection.do_action(unknown)), "no_such_action"))


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    p.add_argument("--shutdown", action="store_true")
    args = p.parse_args()
    connect(args.url).close()
    at = urlparse(args.url)
    client = TinyClient(at.hostname, at.port)
    the_tutorial(client)
    five_parts_of_a_flight_info(client.connection)
    actions(client.connection)
    client.drop_table("fijiquakes")
    check("fijiquakes" not in client.list_tables(), "fijiquakes is gone")
    if args.shutdown:
        client.connection.do_action(fl.Action("shutdown", b""))
        print("shutdown: accepted")
    print("tiny_flight: everything works")


if __name__ == "__main__":
    main()
