#!/usr/bin/env python3
"""Every type of DuckDB's in a table that a statement makes, and back.

    sql_round_trip.py grpc://127.0.0.1:8815
"""
import argparse
import json
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.flight as fl

from checks import check, connect, refused, run
from sql_types import ask, same

TOO_LONG = "9" * 60


@dataclass(frozen=True)
class Type:
    """A type, values of it in SQL, and the Arrow type they come as; a null is added."""

    name: str
    answer: pa.DataType
    values: list[str]
    is_kept: bool = True  # whether what comes back makes the same value again


@dataclass(frozen=True)
class Beyond:
    """A value that Arrow has no place for; what the refusal has to say."""

    name: str
    value: str
    words: list[str]


def list_of(t: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("l", t))


def whole_numbers() -> list[Type]:
    names = {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}
    types = []
    for width, name in names.items():
        low, high = -(1 << width - 1), (1 << width - 1) - 1
        types.append(Type(name, getattr(pa, f"int{width}")(), [f"'{low}'", f"'{high}'", "0"]))
        types.append(Type("U" + name, getattr(pa, f"uint{width}")(), ["0", f"'{2 * high + 1}'"]))
    return types


HUGE = pa.decimal128(38, 0)
NINES = "9" * 38
TYPES = [
    *whole_numbers(),
    Type("BOOLEAN", pa.bool_(), ["true", "false"]),
    Type("HUGEINT", HUGE, ["0", NINES, "-" + NINES]),
    Type("UHUGEINT", HUGE, ["0", NINES]),
    Type("BIGNUM", pa.string(), ["0", f"'{TOO_LONG}'", f"'-{TOO_LONG}'"]),
    Type("FLOAT", pa.float32(), ["1.5", "'nan'", "'inf'", "'-inf'", "'-0.0'", "'3.4028235e38'"]),
    Type("DOUBLE", pa.float64(), ["1.5", "'nan'", "'inf'", "5e-324", "1.7976931348623157e308"]),
    Type("DECIMAL(4,2)", pa.decimal128(4, 2), ["99.99", "-99.99", "0"]),
    Type("DECIMAL(9,3)", pa.decimal128(9, 3), ["-1.5"]),
    Type("DECIMAL(18,18)", pa.decimal128(18, 18), ["0.1"]),
    Type("DECIMAL(38,10)", pa.decimal128(38, 10), [f"'{'9' * 28}.{'9' * 10}'", f"'-{'9' * 28}.{'9' * 10}'", "0"]),
    Type("VARCHAR", pa.string(), ["''", "'å 飛行機'", "chr(0)", "repeat('x', 100_000)"]),
    Type("BLOB", pa.binary(), ["''", r"'\x00\xFF'"]),
    Type("BIT", pa.string(), ["'1'", "'0101010111'", "repeat('1', 1000)"]),
    Type("UUID", pa.string(), ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"]),
    Type("DATE", pa.date32(), ["'1970-01-01'", "'290308-01-01 (BC)'", "'5881580-07-10'", "'infinity'", "'-infinity'"]),
    Type("TIME", pa.time64("us"), ["'00:00:00'", "'23:59:59.999999'"]),
    Type("TIME_NS", pa.time64("ns"), ["'12:00:00.123456789'"]),
    Type("TIMETZ", pa.time64("us"), ["'12:00:00+05:30'", "'23:59:59.999999-15:59'"], is_kept=False),
    Type("TIMESTAMP", pa.timestamp("us"), ["'1970-01-01'", "'290309-12-22 (BC) 00:00:00'",
                                           "'294247-01-10 04:00:54.775806'", "'infinity'", "'-infinity'"]),
    Type("TIMESTAMP_S", pa.timestamp("s"), ["'1970-01-01'", "'294247-01-10 04:00:54'", "'infinity'"]),
    Type("TIMESTAMP_MS", pa.timestamp("ms"), ["'1970-01-01 00:00:00.001'", "'-infinity'"]),
    Type("TIMESTAMP_NS", pa.timestamp("ns"), ["'2262-04-11 23:47:16.854775806'", "'1677-09-22'", "'infinity'"]),
    Type("TIMESTAMPTZ", pa.timestamp("us", "UTC"), ["'1970-01-01 00:00:00+02'", "'infinity'",
                                                    "'294247-01-10 04:00:54.775806+00'"]),
    Type("TIMESTAMPTZ_NS", pa.timestamp("ns", "UTC"), ["'1970-01-01 00:00:00.000000001+00'"]),
    Type("INTERVAL", pa.month_day_nano_interval(), [
        "'1 month 2 days 3 us'", "INTERVAL (2147483647) MONTHS", "INTERVAL (-2147483647) DAYS",
        "INTERVAL (2562046) HOURS", "INTERVAL (-2562046) HOURS"]),
    Type("ENUM('a', 'b')", pa.string(), ["'a'", "'b'"]),
    Type("INTEGER[]", list_of(pa.int32()), ["[]", "[1, NULL]"]),
    Type("INTEGER[2]", pa.list_(pa.field("", pa.int32()), 2), ["[1, NULL]"]),
    Type("VARCHAR[][]", list_of(list_of(pa.string())), ["[['a'], [], NULL]"]),
    Type("STRUCT(a INTEGER, b VARCHAR)", pa.struct([("a", pa.int32()), ("b", pa.string())]), ["{'a': 1, 'b': NULL}"]),
    Type("TUPLE(INTEGER, VARCHAR)", pa.struct([("element1", pa.int32()), ("element2", pa.string())]), ["row(1, 'x')"],
         is_kept=False),
    Type("MAP(VARCHAR, INTEGER)", pa.map_(pa.string(), pa.int32()), ["MAP {}", "MAP {'a': NULL, '': 2}"]),
    Type("UNION(n INTEGER, s VARCHAR)", pa.sparse_union([pa.field("n", pa.int32()), pa.field("s", pa.string())]),
         ["union_value(n := 1)", "union_value(s := 'x')"]),
    Type("JSON", pa.string(), ["'{\"a\":1}'", "'null'"]),
    Type("GEOMETRY", pa.binary(), ["'POINT(1 2)'"], is_kept=False),
    Type('"NULL"', pa.null(), []),
    Type("HUGEINT[]", list_of(HUGE), [f"[{NINES}, NULL]"]),
    Type("BOOLEAN[]", list_of(pa.bool_()), ["[true, NULL]"]),
    Type("STRUCT(h BIGNUM, t TIMETZ, u UUID, e ENUM('x'))",
         pa.struct([("h", pa.string()), ("t", pa.time64("us")), ("u", pa.string()), ("e", pa.string())]),
         ["{'h': 1, 't': '12:00:00+01', 'u': '00000000-0000-0000-0000-000000000000', 'e': 'x'}"], is_kept=False),
    Type("MAP(BIT, UHUGEINT)", pa.map_(pa.string(), HUGE), ["MAP {'1': 2}"]),
    Type("UNION(n UHUGEINT, s BIT)", pa.sparse_union([pa.field("n", HUGE), pa.field("s", pa.string())]),
         ["union_value(n := 1)"]),
]
BEYOND = [
    Beyond("HUGEINT", "1" + "0" * 38, ["DECIMAL(38,0)", "column v of the answer"]),
    Beyond("HUGEINT", f"'{-1 << 127}'", ["DECIMAL(38,0)", "column v of the answer"]),
    Beyond("HUGEINT[]", "[1" + "0" * 38 + "]", ["DECIMAL(38,0)"]),
    Beyond("UHUGEINT", f"'{(1 << 128) - 1}'", ["DECIMAL(38,0)", "column v of the answer"]),
    Beyond("INTERVAL", "INTERVAL (2562047) HOURS", ["column v has an interval whose time is longer than the 2562046 hours"]),
    Beyond("INTERVAL", "INTERVAL (-2562047) HOURS", ["column v has an interval"]),
    Beyond("VARIANT", "1", ["VARIANT is not allowed here; use JSON"]),
    Beyond("TYPE", "'INTEGER'", ["TYPE"]),
]


def rows_of(t: Type) -> str:
    return " UNION ALL ".join(f"SELECT {i} AS i, {value}::{t.name} AS v" for i, value in enumerate(["NULL", *t.values]))


def round_trip(client: fl.FlightClient, t: Type) -> None:
    rows = rows_of(t)
    direct = ask(client, f"FROM ({rows}) ORDER BY i")
    check(direct["v"].type == t.answer, f"{t.name} comes as {direct['v'].type}, not {t.answer}")
    ask_once(client, f"CREATE OR REPLACE TABLE made AS {rows}")
    stored = ask(client, "FROM made ORDER BY i")
    check(same(stored, direct), f"{t.name}: {direct} was made, {stored} came back")
    groups = ask(client, "SELECT v, count(*) FROM made GROUP BY v")
    check(groups.num_rows == stored.num_rows, f"{t.name}: {groups.num_rows} groups of {stored.num_rows} values")
    if t.is_kept:
        changed = ask(client, f"SELECT i FROM made JOIN ({rows}) AS r USING (i) WHERE made.v::{t.name} IS DISTINCT FROM r.v")
        check(changed.num_rows == 0, f"{t.name}: other values came back in the rows {changed}")
    ask_once(client, "INSERT INTO made SELECT * FROM made")
    check(ask(client, "FROM made").num_rows == 2 * stored.num_rows, f"{t.name}: rows can't be added")


def ask_once(client: fl.FlightClient, sql: str) -> None:
    """A statement that writes, which `ask` would have run twice."""
    client.do_get(fl.Ticket(json.dumps({"sql": sql}))).read_all()


def beyond(client: fl.FlightClient, b: Beyond) -> None:
    refused(pa.ArrowInvalid, lambda: ask(client, f"SELECT ({b.value})::{b.name} AS v"), *b.words)
    refused(pa.ArrowInvalid, lambda: ask_once(client, f"CREATE OR REPLACE TABLE made AS SELECT ({b.value})::{b.name} AS v"),
            *b.words)


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    p.add_argument("--only", default="")
    args = p.parse_args()
    client = connect(args.url)
    steps = [(t.name, lambda t=t: round_trip(client, t)) for t in TYPES]
    steps += [(f"{b.value}::{b.name}", lambda b=b: beyond(client, b)) for b in BEYOND]
    run("sql_round_trip", [step for step in steps if args.only in step[0]])


if __name__ == "__main__":
    main()
