#!/usr/bin/env python3
"""One scenario's server on Arrow C++.

    scenario_server.py --scenario ordered [--port 0]

Its first line of output is `ready at URL`; it ends when its standard input does.
"""
import argparse
import datetime
import threading

import pyarrow as pa
import pyarrow.flight as fl

from peer_server import PeerServer, stop_at_end_of_input
from scenarios import (ALIGNED, ECHO, EXPIRATION, HEADER, INT32, PASSWORD, REUSE, UINT32, USER, field, read_field)

MINUTE = datetime.timedelta(minutes=1)
CANCELLED = field(1, 1)


class Credentials(fl.ServerAuthHandler):
    """The one user's; the token is the user's name."""

    def authenticate(self, outgoing, incoming):
        given = fl.BasicAuth.deserialize(incoming.read())
        if (given.username, given.password) != (USER, PASSWORD):
            raise fl.FlightUnauthenticatedError("not the user, or not the password")
        outgoing.write(USER)

    def is_valid(self, token):
        if token != USER:
            raise fl.FlightUnauthenticatedError("no token")
        return USER


class EchoingHeader(fl.ServerMiddlewareFactory):
    """Sends a header back to who sent it, whatever becomes of the call."""

    class Middleware(fl.ServerMiddleware):
        def __init__(self, values: list):
            self.values = values

        def sending_headers(self):
            return {HEADER: self.values}

    def start_call(self, info, headers):
        return self.Middleware(headers[HEADER]) if HEADER in headers else None


class DataServer(PeerServer):
    """Keeps tables, and acknowledges each batch with its application metadata."""

    def do_put(self, context, descriptor, reader, writer):
        class Acknowledging:
            schema = reader.schema

            @staticmethod
            def read_chunk():
                chunk = reader.read_chunk()
                if chunk.app_metadata is not None:
                    writer.write(chunk.app_metadata)
                return chunk

        super().do_put(context, descriptor, Acknowledging, writer)

    def do_get(self, context, ticket):
        table = self.kept(ticket.ticket)
        if any(pa.types.is_dictionary(t) for t in nested_types(table.schema)):
            # Arrow C++ sends no dictionaries beside app_metadata.
            batches = [batch for batch, _ in table.chunks]
            return fl.RecordBatchStream(pa.RecordBatchReader.from_batches(table.schema, batches))
        return fl.GeneratorStream(table.schema, iter(table.chunks))


def nested_types(schema: pa.Schema):
    """The types of all fields, with those inside."""
    waiting = list(schema.types)
    while waiting:
        t = waiting.pop()
        yield t
        waiting += [t.field(i).type for i in range(t.num_fields)]


class ScenarioServer(fl.FlightServerBase):
    def __init__(self, scenario: str, location: str):
        self.scenario = scenario
        self.cancelled = False
        super().__init__(
            location,
            auth_handler=Credentials() if scenario == "auth:basic_proto" else None,
            middleware={"header": EchoingHeader()} if scenario == "middleware" else None)

    def get_flight_info(self, context, descriptor):
        command = descriptor.command or b""
        if self.scenario == "middleware" and command != b"success":
            raise pa.ArrowException("not a success")
        if self.scenario == "middleware":
            return fl.FlightInfo(UINT32, descriptor, [])
        if self.scenario == "ordered":
            endpoints = [fl.FlightEndpoint(ticket, []) for ticket in (b"1", b"2", b"3")]
            return fl.FlightInfo(INT32, descriptor, endpoints, ordered=True)
        if self.scenario == "location:reuse_connection":
            return fl.FlightInfo(UINT32, descriptor, [fl.FlightEndpoint(b"0", [REUSE])])
        if self.scenario == "app_metadata_flight_info_endpoint":
            endpoint = fl.FlightEndpoint(b"0", [], app_metadata=command)
            return fl.FlightInfo(None, descriptor, [endpoint], app_metadata=command)
        if self.scenario.startswith(EXPIRATION):
            endpoints = [fl.FlightEndpoint(b"0", []), expiring(b"1", 5 * MINUTE), expiring(b"2", 6 * MINUTE)]
            return fl.FlightInfo(UINT32, descriptor, endpoints)
        raise NotImplementedError(f"GetFlightInfo in {self.scenario}")

    def do_get(self, context, ticket):
        if self.cancelled:
            raise pa.ArrowInvalid(f"ticket {ticket.ticket} is of a flight that was cancelled")
        return fl.RecordBatchStream(self.table(ticket.ticket))

    def table(self, ticket: bytes) -> pa.Table:
        if self.scenario == "alignment":
            return pa.table([[0, 1, 2], [0, 1, 2], [False, True, False]], schema=ALIGNED)
        if self.scenario == "ordered":
            step = 10 ** (int(ticket) - 1)
            return pa.table([[step, 2 * step, 3 * step]], schema=INT32)
        return pa.table([[int(ticket)]], schema=UINT32)

    def do_exchange(self, context, descriptor, reader, writer):
        if descriptor.command != ECHO:
            raise pa.ArrowInvalid(f"the command has to be echo, not {descriptor}")
        writer.begin(reader.schema)
        for chunk in reader:
            if chunk.app_metadata is None:
                writer.write_batch(chunk.data)
            else:
                writer.write_with_metadata(chunk.data, chunk.app_metadata)

    def list_actions(self, context):
        return [(name, f"{name} of the Flight specification") for name in ("CancelFlightInfo", "RenewFlightEndpoint")]

    def do_action(self, context, action):
        body = action.body.to_pybytes()
        if self.scenario == "auth:basic_proto":
            return [context.peer_identity()]
        if action.type == "CancelFlightInfo":
            fl.FlightInfo.deserialize(read_field(1, body))
            self.cancelled = True
            return [CANCELLED]
        if action.type == "RenewFlightEndpoint":
            old = fl.FlightEndpoint.deserialize(read_field(1, body))
            return [expiring(old.ticket, 60 * MINUTE).serialize()]
        raise NotImplementedError(f"{action.type} in {self.scenario}")


def expiring(ticket: bytes, time: datetime.timedelta) -> fl.FlightEndpoint:
    moment = datetime.datetime.now(datetime.UTC) + time
    return fl.FlightEndpoint(ticket, [], expiration_time=pa.scalar(moment, pa.timestamp("ns", "UTC")))


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--scenario", required=True)
    p.add_argument("--port", type=int, default=0)
    args = p.parse_args()
    url = f"grpc://127.0.0.1:{args.port}"
    server = DataServer(url) if args.scenario == "data" else ScenarioServer(args.scenario, url)
    print(f"ready at grpc://127.0.0.1:{server.port}", flush=True)
    threading.Thread(target=stop_at_end_of_input, args=(server,), daemon=True).start()
    server.wait()
