#!/usr/bin/env python3
"""A table goes through a server by each way in: TLS, TLS with a client's certificate, a Unix domain socket.

    ways_in.py roundtrip grpc+tls://localhost:8815 [ca.pem [client.crt client.key]]
    ways_in.py roundtrip grpc+unix:///run/hangar.sock
    ways_in.py refused grpc+tls://localhost:8815 [ca.pem]
"""
import faulthandler
import sys

import pyarrow as pa
import pyarrow.flight as fl

from checks import DEADLINE_SECONDS, refused, same_table

ROWS = 200_000
CONNECT_SECONDS = 10


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def client(url: str, authority: str = "", certificate: str = "", key: str = "") -> fl.FlightClient:
    options = {"tls_root_certs": read(authority)} if authority else {}
    if certificate:
        options |= {"cert_chain": read(certificate), "private_key": read(key)}
    return fl.connect(url, **options)


def table() -> pa.Table:
    return pa.table({"n": pa.array(range(ROWS)), "text": pa.array([f"row {i}" for i in range(ROWS)])})


def put(to: fl.FlightClient, name: str, rows: pa.Table) -> None:
    writer, _ = to.do_put(fl.FlightDescriptor.for_path(name), rows.schema)
    with writer:
        writer.write_table(rows, max_chunksize=10_000)


def roundtrip(url: str, *files: str) -> None:
    rows = table()
    with client(url, *files) as connection:
        put(connection, "ways", rows)
        info = connection.get_flight_info(fl.FlightDescriptor.for_path("ways"))
        endpoint = info.endpoints[0]
        same_table(connection.do_get(endpoint.ticket).read_all(), rows, url)
        print(" ".join(location.uri.decode() for location in endpoint.locations))
    # As scripts do that go where they are sent.
    with client(endpoint.locations[0].uri.decode(), *files) as sent:
        same_table(sent.do_get(fl.Ticket(b"ways")).read_all(), rows, "the location of the endpoint")


def fails(url: str, *files: str) -> None:
    with client(url, *files) as connection:
        options = fl.FlightCallOptions(timeout=CONNECT_SECONDS)
        print(refused(pa.ArrowException, lambda: list(connection.list_actions(options))))


if __name__ == "__main__":
    faulthandler.dump_traceback_later(DEADLINE_SECONDS, exit=True)
    {"roundtrip": roundtrip, "refused": fails}[sys.argv[1]](*sys.argv[2:])
