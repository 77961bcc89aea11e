#!/usr/bin/env python3
"""One scenario's client on Arrow C++.

    scenario_client.py --host 127.0.0.1 --port 8815 --scenario ordered [--data FOLDER] [--skip FILE]...

Ends with 0, or with an error that says what was not as it has to be.
"""
import argparse
import time
import traceback
from pathlib import Path

import pyarrow as pa
import pyarrow.flight as fl

from arrow_types import Coordinates, chunks_of
from checks import check, connect, same_batch, same_schema
from scenarios import ALIGNED, ECHO, ECHOED, ECHOES, HEADER, PASSWORD, REUSE, USER, field

EXPECTED = "expected value"
ALIGNMENTS = {
    pa.ipc.Alignment.Any: lambda t: 1,
    pa.ipc.Alignment.DataTypeSpecific: lambda t: max(1, t.bit_width // 8),
    pa.ipc.Alignment.At64Byte: lambda t: 64,
}


def equal(what: str, got, wanted) -> None:
    check(got == wanted, f"{what}: {wanted!r} was expected, {got!r} came")


# -- data -----------------------------------------------------------------------------------------

def data(args) -> None:
    pa.register_extension_type(Coordinates())
    client = connect(args.url)
    files = sorted(Path(args.data).iterdir())
    check(bool(files), f"there are tables in {args.data}")
    failed = []
    for file in files:
        if file.stem not in args.skip:
            try:
                there_and_back(client, file)
            except Exception:
                failed.append(f"{file.stem}: {traceback.format_exc()}")
    check(not failed, "\n".join(failed))


def there_and_back(client: fl.FlightClient, file: Path) -> None:
    with pa.ipc.open_stream(file) as reader:
        schema, batches = reader.schema, list(reader)
    chunks = [(batch, str(number).encode()) for number, batch in enumerate(batches)]
    descriptor = fl.FlightDescriptor.for_path("integration", file.stem)
    put(client, descriptor, schema, chunks)
    info = client.get_flight_info(descriptor)
    same_schema(info.schema, schema, "get_flight_info")
    check(bool(info.endpoints), "there are endpoints")
    for endpoint in info.endpoints:
        for location in endpoint.locations:
            with fl.connect(location) as there:
                same_chunks(there.do_get(endpoint.ticket), schema, chunks)


def put(client: fl.FlightClient, descriptor, schema: pa.Schema, chunks) -> None:
    """In lock-step: a batch is sent when the one before has been acknowledged."""
    writer, acknowledged = client.do_put(descriptor, schema)
    with writer:
        for batch, number in chunks:
            writer.write_with_metadata(batch, number)
            equal("acknowledged", acknowledged.read().to_pybytes(), number)
        writer.done_writing()
        equal("behind the last acknowledgement", acknowledged.read(), None)


def same_chunks(reader: fl.FlightStreamReader, schema: pa.Schema, chunks) -> None:
    same_schema(reader.schema, schema, "do_get")
    got = list(chunks_of(reader))
    equal("the application metadata", [metadata for _, metadata in got], [metadata for _, metadata in chunks])
    for i, ((batch, _), (sent, _)) in enumerate(zip(got, chunks)):
        same_batch(batch, sent, f"batch {i}")


# -- the others -----------------------------------------------------------------------------------

class Handshake(fl.ClientAuthHandler):
    def __init__(self):
        super().__init__()
        self.token = b""

    def authenticate(self, outgoing, incoming):
        outgoing.write(fl.BasicAuth(USER, PASSWORD).serialize())
        self.token = incoming.read()

    def get_token(self):
        return self.token


def auth(args) -> None:
    client = fl.connect(args.url)
    try:
        list(client.do_action(fl.Action("", b"")))
    except fl.FlightUnauthenticatedError:
        pass
    else:
        raise AssertionError("a call without credentials was not refused")
    client.authenticate(Handshake())
    results = [result.body.to_pybytes() for result in client.do_action(fl.Action("", b""))]
    equal("the results", results, [USER])


class Header(fl.ClientMiddlewareFactory):
    """Sends one and keeps what comes back."""

    def __init__(self):
        self.received = []

    def start_call(self, info):
        factory = self

        class Middleware(fl.ClientMiddleware):
            def sending_headers(self):
                return {HEADER: EXPECTED}

            def received_headers(self, headers):
                factory.received += headers.get(HEADER, [])

        return Middleware()


def middleware(args) -> None:
    header = Header()
    client = fl.connect(args.url, middleware=[header])
    try:
        client.get_flight_info(fl.FlightDescriptor.for_command(b""))
    except pa.ArrowException as e:
        check("not a success" in str(e), f"another failure than was asked for: {e}")
    else:
        raise AssertionError("the command of no bytes has to fail")
    equal("the header of the failure", set(header.received), {EXPECTED})
    header.received.clear()
    client.get_flight_info(fl.FlightDescriptor.for_command(b"success"))
    equal("the header of the answer", set(header.received), {EXPECTED})


def alignment(args) -> None:
    client = connect(args.url)
    for alignment, multiple in ALIGNMENTS.items():
        options = fl.FlightCallOptions(read_options=pa.ipc.IpcReadOptions(ensure_alignment=alignment))
        table = client.do_get(fl.Ticket(b"align-data"), options).read_all()
        equal("the schema", table.schema, ALIGNED)
        equal("the rows", table.to_pylist(), [{"int32": n, "int64": n, "bool": n % 2 == 1} for n in range(3)])
        for column in table.columns:
            values = column.chunk(0).buffers()[1]
            equal(f"{alignment}, {column.type}: bytes past a multiple", values.address % multiple(column.type), 0)


def info_of(args, command: bytes) -> tuple[fl.FlightClient, fl.FlightInfo]:
    client = connect(args.url)
    return client, client.get_flight_info(fl.FlightDescriptor.for_command(command))


def numbers(client: fl.FlightClient, endpoint: fl.FlightEndpoint) -> list[int]:
    return client.do_get(endpoint.ticket).read_all().column(0).to_pylist()


def ordered(args) -> None:
    client, info = info_of(args, b"ordered")
    equal("ordered", info.ordered, True)
    equal("the locations", [e.locations for e in info.endpoints], [[], [], []])
    got = [n for e in info.endpoints for n in numbers(client, e)]
    equal("the numbers", got, [1, 2, 3, 10, 20, 30, 100, 200, 300])


def expiration_do_get(args) -> None:
    client, info = info_of(args, b"expiration")
    first, *others = info.endpoints
    equal("the first expiration", first.expiration_time, None)
    equal("the other endpoints", len(others), 2)
    for endpoint in others:
        check(endpoint.expiration_time.value > time.time_ns(), f"{endpoint} has expired")
    got = numbers(client, first) + [n for e in others for _ in range(2) for n in numbers(client, e)]
    equal("the numbers, twice where they may be read again", got, [0, 1, 1, 2, 2])


def list_actions(args) -> None:
    names = [action.type for action in connect(args.url).list_actions()]
    equal("the actions", names, ["CancelFlightInfo", "RenewFlightEndpoint"])


def cancel(args) -> None:
    client, info = info_of(args, b"expiration")
    results = client.do_action(fl.Action("CancelFlightInfo", field(1, info.serialize())))
    equal("the status", [r.body.to_pybytes() for r in results], [field(1, 1)])
    for endpoint in info.endpoints:
        try:
            numbers(client, endpoint)
        except (pa.ArrowException, fl.FlightError):
            continue
        raise AssertionError(f"{endpoint.ticket} can be read though it was cancelled")
    equal("the endpoints", len(info.endpoints), 3)


def renew(args) -> None:
    client, info = info_of(args, b"expiration")
    expiring = [e for e in info.endpoints if e.expiration_time is not None]
    for old in expiring:
        result, = client.do_action(fl.Action("RenewFlightEndpoint", field(1, old.serialize())))
        new = fl.FlightEndpoint.deserialize(result.body.to_pybytes())
        check(new.expiration_time.value > old.expiration_time.value, f"{new} does not expire after {old}")
    equal("the endpoints renewed", len(expiring), 2)


def reuse(args) -> None:
    _, info = info_of(args, b"reuse")
    equal("the locations", [str(l.uri.decode()) for e in info.endpoints for l in e.locations], [REUSE])


def app_metadata(args) -> None:
    _, info = info_of(args, b"foobar")
    equal("the metadata of the info", info.app_metadata, b"foobar")
    equal("the metadata of the endpoints", [e.app_metadata for e in info.endpoints], [b"foobar"])


def echo(args) -> None:
    """In lock-step: a batch is sent when the one before has come back."""
    client = connect(args.url)
    writer, reader = client.do_exchange(fl.FlightDescriptor.for_command(ECHO))
    with writer:
        writer.begin(ECHOED)
        for number in range(ECHOES):
            sent = pa.record_batch([list(range(number, number + 10))], schema=ECHOED)
            metadata = str(number).encode() if number % 2 == 0 else None
            if metadata is None:
                writer.write_batch(sent)
            else:
                writer.write_with_metadata(sent, metadata)
            chunk = reader.read_chunk()
            same_batch(chunk.data, sent, f"batch {number}")
            got = chunk.app_metadata
            equal(f"the metadata of batch {number}", got if got is None else got.to_pybytes(), metadata)
        writer.done_writing()
        equal("what came behind the last batch", list(chunks_of(reader)), [])


SCENARIOS = {
    "data": data,
    "auth:basic_proto": auth,
    "middleware": middleware,
    "alignment": alignment,
    "ordered": ordered,
    "expiration_time:do_get": expiration_do_get,
    "expiration_time:list_actions": list_actions,
    "expiration_time:cancel_flight_info": cancel,
    "expiration_time:renew_flight_endpoint": renew,
    "location:reuse_connection": reuse,
    "app_metadata_flight_info_endpoint": app_metadata,
    "do_exchange:echo": echo,
}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, required=True)
    p.add_argument("--scenario", choices=SCENARIOS, required=True)
    p.add_argument("--data", help="the folder of tables to put")
    p.add_argument("--skip", action="append", default=[], help="a table not to put")
    options = p.parse_args()
    options.url = f"grpc://{options.host}:{options.port}"
    SCENARIOS[options.scenario](options)
