#!/usr/bin/env python3
"""A table server on Arrow C++ that keeps Hangar's promises: the peer our client and these scripts are tried on.

    peer_server.py [grpc://127.0.0.1:0]

Its first line of output is `ready at URL`; it ends when its standard input does, or on the action `shutdown`.
"""
import sys
import threading
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.flight as fl

ACTIONS = {
    "drop_table": "Drop the table named by the body.",
    "drop_dataset": "Drop the table named by the body.",
    "clear": "Drop all tables.",
    "healthcheck": "Answer if alive.",
    "shutdown": "Stop the server.",
}
MAX_SEGMENTS = 32
MAX_NAME_BYTES = 1024
SHUTDOWN_DELAY_SECONDS = 0.2


@dataclass(frozen=True)
class Kept:
    """A table as it came: its batches and the app_metadata beside them."""

    descriptor: fl.FlightDescriptor
    schema: pa.Schema
    chunks: list[tuple[pa.RecordBatch | None, pa.Buffer | None]]

    @property
    def rows(self) -> int:
        return sum(batch.num_rows for batch, _ in self.chunks if batch is not None)

    @property
    def bytes(self) -> int:
        return sum(batch.get_total_buffer_size() for batch, _ in self.chunks if batch is not None)


class PeerServer(fl.FlightServerBase):
    """Tables by name; the last complete put wins."""

    def __init__(self, location: str):
        self.tables: dict[bytes, Kept] = {}
        super().__init__(location)

    @staticmethod
    def name(descriptor: fl.FlightDescriptor) -> bytes:
        return descriptor.command or b"/".join(descriptor.path or [])

    def checked(self, name: bytes) -> bytes:
        text = name.decode("utf-8", "backslashreplace")
        segments = text.split("/")
        if "" in segments or len(segments) > MAX_SEGMENTS or len(name) > MAX_NAME_BYTES or not text.isprintable():
            raise pa.ArrowInvalid(f"{text[:80]!a} is no table name")
        if "\\x" in text:
            raise pa.ArrowInvalid(f"{text[:80]!a} is not UTF-8")
        return name

    def kept(self, name: bytes) -> Kept:
        table = self.tables.get(self.checked(name))
        if table is None:
            text = name.decode("utf-8", "backslashreplace")
            near = get_close_matches(text, [n.decode() for n in self.tables])
            raise KeyError(f"no table {text}; the nearest names are {', '.join(near)}")
        return table

    def info(self, descriptor: fl.FlightDescriptor, table: Kept) -> fl.FlightInfo:
        endpoint = fl.FlightEndpoint(self.name(descriptor), [f"grpc://127.0.0.1:{self.port}"])
        return fl.FlightInfo(table.schema, descriptor, [endpoint], table.rows, table.bytes)

    def do_put(self, context, descriptor, reader, writer):
        name = self.checked(self.name(descriptor))
        chunks = []
        while True:
            try:
                chunk = reader.read_chunk()
            except StopIteration:
                break
            chunks.append((chunk.data, chunk.app_metadata))
        if context.is_cancelled():
            raise fl.FlightCancelledError("the put broke off")
        self.tables[name] = Kept(descriptor, reader.schema, chunks)

    def do_get(self, context, ticket):
        table = self.kept(ticket.ticket)
        if any(metadata is not None for _, metadata in table.chunks):
            # Keeps app_metadata, but Arrow C++ sends no dictionaries this way.
            return fl.GeneratorStream(table.schema, iter(table.chunks))
        batches = [batch for batch, _ in table.chunks]
        return fl.RecordBatchStream(pa.RecordBatchReader.from_batches(table.schema, batches))

    def get_flight_info(self, context, descriptor):
        return self.info(descriptor, self.kept(self.name(descriptor)))

    def get_schema(self, context, descriptor):
        return fl.SchemaResult(self.kept(self.name(descriptor)).schema)

    def list_flights(self, context, criteria):
        return [self.info(table.descriptor, table) for table in self.tables.values()]

    def list_actions(self, context):
        return list(ACTIONS.items())

    def do_action(self, context, action):
        if action.type in ("drop_table", "drop_dataset"):
            name = action.body.to_pybytes()
            self.kept(name)
            del self.tables[name]
        elif action.type == "clear":
            self.tables.clear()
        elif action.type == "shutdown":
            threading.Timer(SHUTDOWN_DELAY_SECONDS, self.shutdown).start()
        elif action.type != "healthcheck":
            raise KeyError(f"no action {action.type}; there are {', '.join(ACTIONS)}")
        return []


def stop_at_end_of_input(server: PeerServer) -> None:
    sys.stdin.buffer.read()
    server.shutdown()


if __name__ == "__main__":
    peer = PeerServer(sys.argv[1] if len(sys.argv) > 1 else "grpc://127.0.0.1:0")
    print(f"ready at grpc://127.0.0.1:{peer.port}", flush=True)
    threading.Thread(target=stop_at_end_of_input, args=(peer,), daemon=True).start()
    peer.wait()
