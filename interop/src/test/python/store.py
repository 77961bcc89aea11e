#!/usr/bin/env python3
"""What a store on disk offers to plain pyarrow: headers for how to write, actions in JSON, versions, parts.

    store.py grpc://127.0.0.1:8815 write /var/lib/hangar
    store.py grpc://127.0.0.1:8815 read /var/lib/hangar     after the server was started anew
"""
import glob
import json
import sys

import pyarrow as pa
import pyarrow.flight as fl

from checks import check, connect, refused, same_table

# Two parts of this make two endpoints.
LARGE = pa.table({"n": pa.array(range(9 << 20), pa.int64())})
SMALL = pa.table({"n": pa.array([1, 2, 3], pa.int64()), "word": ["a", None, "ö"]})


class Headers(fl.ClientMiddlewareFactory):
    """Remembers what servers say with their answers."""

    def __init__(self) -> None:
        self.last = {}

    def start_call(self, info) -> fl.ClientMiddleware:
        remember = self

        class Middleware(fl.ClientMiddleware):
            def received_headers(self, headers) -> None:
                remember.last.update(headers)

        self.last.clear()
        return Middleware()

    def version(self) -> int:
        check("hangar-version" in self.last, f"no hangar-version among {self.last}")
        return int(self.last["hangar-version"][0])


def options(**words: str) -> fl.FlightCallOptions:
    """Call options with our headers: if_version="3" is hangar-if-version: 3."""
    return fl.FlightCallOptions(headers=[(f"hangar-{word.replace('_', '-')}".encode(), value.encode())
                                         for word, value in words.items()])


def put(client: fl.FlightClient, descriptor, table: pa.Table, **words: str) -> None:
    if isinstance(descriptor, str):
        descriptor = fl.FlightDescriptor.for_path(*descriptor.split("/"))
    writer, _ = client.do_put(descriptor, table.schema, options(**words))
    with writer:
        writer.write_table(table, max_chunksize=1 << 20)


def get(client: fl.FlightClient, name: str) -> pa.Table:
    """By flight info and every endpoint of it, as people do."""
    info = client.get_flight_info(fl.FlightDescriptor.for_path(*name.split("/")))
    tables = [client.do_get(endpoint.ticket).read_all() for endpoint in info.endpoints]
    check(info.total_records == sum(table.num_rows for table in tables), f"{name}: rows are missing")
    return pa.concat_tables(tables)


def perform(client: fl.FlightClient, action: str, **body) -> dict:
    results = list(client.do_action((action, json.dumps(body).encode())))
    return json.loads(results[0].body.to_pybytes()) if results else {}


def column(table: pa.Table) -> list:
    return table.column("n").to_pylist()


def modes(client: fl.FlightClient, seen: Headers) -> None:
    """replace, append and create, each under conditions, keys and times to live."""
    put(client, "py/modes", SMALL)
    check(seen.version() == 1, "the first version is not 1")
    put(client, "py/modes", SMALL, mode="append", idempotency_key="once")
    put(client, "py/modes", SMALL, mode="append", idempotency_key="once")
    check(seen.version() == 2, "a repeated put made another version")
    check(column(get(client, "py/modes")) == [1, 2, 3] * 2, "appended rows are not there once")
    refused(pa.ArrowException, lambda: put(client, "py/modes", SMALL, mode="create"), "py/modes", "already")
    refused(fl.FlightError, lambda: put(client, "py/modes", SMALL, if_version="1"), "version 2")
    put(client, "py/modes", SMALL.slice(1), if_version="2", keep_versions="3")
    check(seen.version() == 3, "if-version made another version")
    same_table(get(client, "py/modes"), SMALL.slice(1), "py/modes")
    check(seen.version() == 3, "a get does not say its version")
    check(column(client.do_get(fl.Ticket(b"py/modes@2")).read_all()) == [1, 2, 3] * 2, "version 2 is gone")
    put(client, "py/soon", SMALL, ttl="7d", durability="memory")
    told = perform(client, "versions", table="py/soon")["versions"][0]
    check(told["durability"] == "memory" and "expires" in told, f"told of py/soon: {told}")
    message = refused(pa.ArrowInvalid, lambda: put(client, "py/x", SMALL, mode="upsert"), "upsert", "append")
    print("modes:", message)


def changes(client: fl.FlightClient) -> None:
    """Renames, prefixes and commits of several changes, in plain JSON."""
    for name in ("py/a", "py/b", "py/below/c", "py/below/d"):
        put(client, name, SMALL)
    check(perform(client, "rename", **{"from": "py/a", "to": "py/z"})["table"] == "py/z", "not renamed")
    gone = perform(client, "drop_prefix", prefix="py/below")
    check(gone == {"dropped": 2, "tables": ["py/below/c", "py/below/d"]}, f"dropped: {gone}")
    upload = perform(client, "StartParallelUpload", table="py/c", mode="create")["upload"]
    part(client, upload, 0, SMALL)
    both = [{"drop": "py/b", "if_version": 1}, {"rename": {"from": "py/z", "to": "py/y"}}, {"finish": upload}]
    wrong = [both[1], {"drop": "py/b", "if_version": 9}]
    refused(fl.FlightError, lambda: perform(client, "commit", changes=wrong), "py/b")
    check(names(client, "py/") >= {"py/b", "py/z"}, "half a commit was made")
    told = perform(client, "commit", changes=both)["tables"]
    check([each["table"] for each in told] == ["py/b", "py/y", "py/c"], f"committed: {told}")
    check({"py/y", "py/c"} <= names(client, "py/"), "the commit is not to be seen")
    refused(pa.ArrowKeyError, lambda: get(client, "py/b"), "py/b")


def names(client: fl.FlightClient, prefix: str) -> set:
    return {"/".join(each.decode() for each in info.descriptor.path)
            for info in client.list_flights(prefix.encode())}


def part(client: fl.FlightClient, upload: str, number: int, table: pa.Table) -> None:
    put(client, fl.FlightDescriptor.for_command(json.dumps({"upload": upload, "part": number})), table)


def parts(client: fl.FlightClient) -> None:
    """Parts in any order become a table of several endpoints; an aborted upload nothing."""
    upload = perform(client, "StartParallelUpload", table="py/large", durability="disk")["upload"]
    part(client, upload, 7, LARGE.slice(0, LARGE.num_rows))
    part(client, upload, 1, SMALL.select(["n"]))
    part(client, upload, 1, LARGE)
    told = perform(client, "FinishParallelUpload", upload=upload)
    check(told["rows"] == 2 * LARGE.num_rows, f"finished: {told}")
    check(perform(client, "FinishParallelUpload", upload=upload) == told, "finished again it is another")
    aborted = perform(client, "StartParallelUpload", table="py/never")["upload"]
    part(client, aborted, 0, SMALL)
    perform(client, "AbortParallelUpload", upload=aborted)
    refused(pa.ArrowKeyError, lambda: get(client, "py/never"), "py/never")


def kept(client: fl.FlightClient, data: str) -> None:
    """What is the same before and after a restart; and in files that Arrow reads by itself."""
    check({"py/modes", "py/y", "py/c", "py/large"} <= names(client, "py/"), f"there are {names(client, 'py/')}")
    info = client.get_flight_info(fl.FlightDescriptor.for_path("py", "large"))
    check(len(info.endpoints) == 2 and info.ordered, f"{len(info.endpoints)} endpoints, ordered: {info.ordered}")
    same_table(get(client, "py/large"), pa.concat_tables([LARGE, LARGE]), "py/large")
    same_table(get(client, "py/modes"), SMALL.slice(1), "py/modes")
    check(column(client.do_get(fl.Ticket(b"py/modes@2")).read_all()) == [1, 2, 3] * 2, "version 2 is gone")
    numbers = [each["version"] for each in perform(client, "versions", table="py/modes")["versions"]]
    check(numbers[:2] == [3, 2], f"there are versions {numbers}")
    rows = []
    for file in glob.glob(f"{data}/parts/*/*.arrow"):
        with pa.memory_map(file) as mapped:
            rows.append(pa.ipc.open_file(mapped).read_all().num_rows)
    check(rows.count(LARGE.num_rows) == 2 and rows.count(SMALL.num_rows - 1) == 1, f"files of {rows} rows")


def main(url: str, phase: str, data: str) -> None:
    connect(url).close()
    seen = Headers()
    client = fl.connect(url, middleware=[seen])
    if phase == "write":
        modes(client, seen)
        changes(client)
        parts(client)
    else:
        check("py/soon" not in names(client, "py/"), "a table in memory outlived the server")
        put(client, "py/modes", SMALL, mode="append", idempotency_key="once")
        check(seen.version() == 2, "a key was forgotten by the restart")
    kept(client, data)
    client.close()
    print(phase, "passed")


if __name__ == "__main__":
    main(*sys.argv[1:])
