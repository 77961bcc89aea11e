"""Statements over a stored table, to the last row at a client, beside DuckDB in this process: P-9.

DuckDB reads the same rows from an Arrow table, and from a table of its own; the bar is held against both. Its answers stay in
this process: what a plain get of as many rows takes is told beside. The stored table comes in batches of 65,536 rows, in memory and
on disk, and in a single batch, as who makes it of one data frame sends it.
"""
import argparse
import json
import statistics
import time

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.flight as fl

ROWS = 65_536
STATEMENTS = {
    "select half": "SELECT id, price * 1.19 AS gross FROM {} WHERE quantity < 25",
    "select 1 in 50": "SELECT id, price * 1.19 AS gross FROM {} WHERE quantity = 7",
    "select 1 in 1000": "SELECT id, price * 1.19 AS gross FROM {} WHERE grp = 7",
    "select a range": "SELECT id, price * 1.19 AS gross FROM {} WHERE id BETWEEN 1000000 AND 1020000",
    "group by": "SELECT grp, count(*) AS n, sum(price) AS s, avg(quantity) AS q FROM {} GROUP BY grp",
}


def table(rows: int) -> pa.Table:
    rng = np.random.default_rng(9)
    batches = []
    for at in range(0, rows, ROWS):
        batches.append(pa.record_batch({
            "id": pa.array(np.arange(at, at + ROWS)),
            "grp": pa.array(rng.integers(0, 1000, ROWS, dtype=np.int32)),
            "quantity": pa.array(rng.integers(0, 50, ROWS, dtype=np.int32)),
            "price": pa.array(rng.random(ROWS)),
        }))
    return pa.Table.from_batches(batches)


def hangar(client: fl.FlightClient, name: str, sql: str) -> int:
    ticket = fl.Ticket(json.dumps({"sql": sql.format(name), "cache": "no"}).encode())
    return sum(chunk.data.num_rows for chunk in client.do_get(ticket))


def get(client: fl.FlightClient, name: str) -> int:
    return sum(chunk.data.num_rows for chunk in client.do_get(fl.Ticket(name)))


def peer(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> int:
    return sum(batch.num_rows for batch in connection.sql(sql.format(name)).to_arrow_reader(122_880))


def timed(call, *args) -> tuple[float, int]:
    start = time.perf_counter()
    rows = call(*args)
    return time.perf_counter() - start, rows


def one_round(what: str, sql: str, ways: dict[str, tuple]) -> dict[str, float]:
    """How long a statement takes each way; all have to answer as many rows."""
    times = {way: timed(call, side, name, sql) for way, (call, side, name) in ways.items()}
    counts = {rows for _, rows in times.values()}
    if len(counts) != 1:
        raise SystemExit(f"{what}: {counts} rows came back")
    return {way: seconds for way, (seconds, _) in times.items()}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--url", required=True)
    p.add_argument("--rows", type=int, default=20_000_000)
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--warmup", type=int, default=20)
    args = p.parse_args()
    arrow = table(args.rows)
    client = fl.connect(args.url)
    for durability in ("memory", "disk"):
        options = fl.FlightCallOptions(headers=[(b"hangar-durability", durability.encode())])
        writer, _ = client.do_put(fl.FlightDescriptor.for_path(f"on_{durability}"), arrow.schema, options)
        writer.write_table(arrow)
        writer.close()
    single = arrow.combine_chunks()
    options = fl.FlightCallOptions(headers=[(b"hangar-durability", b"memory")])
    writer, _ = client.do_put(fl.FlightDescriptor.for_path("in_one_batch"), arrow.schema, options)
    writer.write_table(single)
    writer.close()
    connection = duckdb.connect()
    connection.register("arrow", arrow)
    connection.register("single", single)
    connection.execute("CREATE TABLE own AS FROM arrow")
    ways = {"memory": (hangar, client, "on_memory"), "disk": (hangar, client, "on_disk"),
            "one batch": (hangar, client, "in_one_batch"), "arrow": (peer, connection, "arrow"),
            "single": (peer, connection, "single"), "own": (peer, connection, "own")}
    for _ in range(args.warmup):  # all of them, since what the first needs compiled is what the others need
        for what, sql in STATEMENTS.items():
            one_round(what, sql, ways)
    in_process = {}
    for what, sql in STATEMENTS.items():
        rounds = [one_round(what, sql, ways) for _ in range(args.rounds)]
        seconds = {way: [each[way] for each in rounds] for way in ways}
        in_process[what] = statistics.median(seconds["arrow"])
        for way, besides in (("memory", ("arrow", "own")), ("disk", ("arrow", "own")), ("one batch", ("single",))):
            for beside in besides:
                ratio = statistics.median(a / b for a, b in zip(seconds[way], seconds[beside], strict=True))
                print(f"P-9 {what}, {way} beside DuckDB's {beside}: {statistics.median(seconds[way]):.3f} s "
                      f"{statistics.median(seconds[beside]):.3f} s {ratio:.2f}", flush=True)
    what = "select half"
    hangar(client, "", f"CREATE TABLE answer AS {STATEMENTS[what].format('on_memory')}")
    wire = statistics.median(timed(get, client, "answer")[0] for _ in range(args.warmup + args.rounds))
    print(f"wire: get of what '{what}' answers beside arrow: {wire:.3f} s {in_process[what]:.3f} s"
          f" {wire / in_process[what]:.2f}")
    plan = [timed(client.get_flight_info, fl.FlightDescriptor.for_command(json.dumps(
        {"sql": f"SELECT id + {i} FROM on_memory WHERE grp = {i}"}).encode()))[0] for i in range(50)]
    print(f"GetFlightInfo of a statement: {statistics.median(plan) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
