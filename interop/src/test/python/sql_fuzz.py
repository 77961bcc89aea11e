#!/usr/bin/env python3
"""Every function of DuckDB's with arguments of any type, nested expressions, and statements over tables of many types:
none may end the server.

    sql_fuzz.py grpc://127.0.0.1:8815 SEED STATEMENTS

Most statements are refused, as they should be. The one that was asked last is printed when the server is gone.
"""
import datetime
import json
import random
import sys

import duckdb
import pyarrow as pa
import pyarrow.flight as fl

from checks import connect

VALUES = {
    "BIGINT": ["0", "1", "-1", "3", "1000", "9223372036854775807", "-9223372036854775808"],
    "DOUBLE": ["0.0", "-1.5", "'nan'::DOUBLE", "'-inf'::DOUBLE", "1e308"],
    "DECIMAL": ["1.23::DECIMAL(10, 2)", "1::DECIMAL(38, 37)"],
    "HUGEINT": ["170141183460469231731687303715884105727", "(-1)::HUGEINT"],
    "BIGNUM": ["'123456789012345678901234567890'::BIGNUM"],
    "VARCHAR": ["''", "'a'", "'%s'", "'[1, 2]'", "'{\"a\": 1}'", "'é😀'", "'2026-01-01'", "'$.a'", "'sum'", "'UTC'"],
    "BLOB": ["''::BLOB", r"'\x01\x02\xFF'::BLOB", r"'\x01\x00\x05\x00\x01'::BLOB"],
    "BIT": ["'0101'::BIT"],
    "BOOLEAN": ["true", "false"],
    "DATE": ["DATE '2026-01-01'", "DATE '290000-01-01 (BC)'", "'infinity'::DATE"],
    "TIMESTAMP": ["TIMESTAMP '2026-01-01 01:02:03'", "'infinity'::TIMESTAMP", "TIMESTAMPTZ '2026-01-01 00:00+02'"],
    "TIME": ["TIME '01:02:03'", "TIME '24:00:00'"],
    "INTERVAL": ["INTERVAL '1 day'", "to_years(200000)", "INTERVAL '-3 months'"],
    "UUID": ["uuid()"],
    "ENUM": ["'a'::ENUM('a', 'b')"],
    "JSON": ["'[1, {\"a\": 2}]'::JSON", "'null'::JSON"],
    "GEOMETRY": ["'POINT(1 2)'::GEOMETRY"],
    "TYPE": ["get_type(1)"],
    "UNION": ["union_value(k := 1)"],
    "MAP": ["MAP {'a': 1}", "MAP {}"],
    "STRUCT": ["{'a': 1, 'b': 'x'}", "{'a': {'b': [1]}}", "row(1, 'x')", "{'a': [1, 2]::INT[2]}"],
    "LAMBDA": ["lambda x: x", "lambda x, y: x", "lambda x: NULL"],
    "LIST": ["[1, 2, 3]", "[]", "['a', NULL]", "[[1], []]", "[{'a': 1}]"],
    "ARRAY": ["[1.0, 2.0]::DOUBLE[2]", "[1, 2, 3]::INT[3]"],
}
ANY = [value for values in VALUES.values() for value in values] + ["NULL", "i"]
PLAIN = [value for value in ANY if not value.startswith("lambda")]
TYPES = ["BIGINT", "UTINYINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL(4, 1)", "VARCHAR", "BLOB", "BIT", "DATE", "TIME",
         "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS", "INTERVAL", "UUID", "JSON", "BOOLEAN", "ENUM('a', 'b')", "INT[]",
         "VARCHAR[]", "INT[3]", "STRUCT(a INT, b VARCHAR)", "STRUCT(a INT[])[]", "MAP(VARCHAR, INT)",
         "UNION(k INT, s VARCHAR)", "GEOMETRY", "BIGNUM", "TUPLE(INT)", "VARIANT"]
OPERATORS = ["=", "<>", "<", ">=", "IS DISTINCT FROM", "+", "-", "*", "/", "//", "%", "||", "&", "|", "<<", ">>", "^",
             "~", "LIKE", "ILIKE", "GLOB", "SIMILAR TO", "->>", "->", "@>", "<@", "&&", "<->", "^@", "IN", "OPERATOR(=)"]
FRAMES = ["", "", " OVER ()", " OVER (PARTITION BY i % 2)", " OVER (ORDER BY i ROWS 1 PRECEDING)", " FILTER (i < 2)"]
TAILS = ["", "", " ORDER BY 1", " GROUP BY ALL"]
LONG = 3_000  # rows, of which a vector of DuckDB's holds 2,048
NEST = 3
TABLES = {"few": 5, "many": LONG, "none": 0}
COLUMNS = ["i", "f", "s", "day", "at", "l", "st", "m", "e", "d", "se"]
JOINS = ["JOIN", "LEFT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN", "ASOF JOIN"]
AGGREGATES = ["count", "sum", "min", "max", "list", "first", "median", "mode", "string_agg", "histogram", "arg_max"]
WINDOWS = ["row_number()", "dense_rank()", "ntile(3)", "cume_dist()", "lag({})", "nth_value({}, 2)", "sum({})", "list({})"]
SETS = ["UNION", "UNION ALL BY NAME", "INTERSECT", "EXCEPT ALL"]


def table(rows: int) -> pa.Table:
    """Columns of many types, with nulls."""
    def column(value, every: int, type_: pa.DataType | None = None) -> pa.Array:
        return pa.array([None if n % every == 1 else value(n) for n in range(rows)], type_)

    return pa.table({
        "i": column(lambda n: n, 9, pa.int64()),
        "f": column(lambda n: [0.0, -1.5, float("nan"), float("inf")][n % 4], 7, pa.float64()),
        "s": column(lambda n: f"k{n % 13}", 8, pa.string()),
        "day": column(lambda n: datetime.date(2026, 1, 1) + datetime.timedelta(n % 400), 5, pa.date32()),
        "at": column(lambda n: n * 1_000_000, 6, pa.timestamp("us", "UTC")),
        "l": column(lambda n: [n] * (n % 3), 4, pa.list_(pa.int32())),
        "st": column(lambda n: {"a": n, "b": "z"}, 5, pa.struct([("a", pa.int64()), ("b", pa.string())])),
        "m": column(lambda n: [("k", n)], 4, pa.map_(pa.string(), pa.int64())),
        "e": column(lambda n: [1.0 * n, 2.0, 3.0], 6, pa.list_(pa.float32(), 3)),
        "d": column(lambda n: f"w{n % 5}", 10, pa.string()).dictionary_encode(),
        "se": column(lambda n: {"e": [1.0, n]}, 7, pa.struct([("e", pa.list_(pa.float64(), 2))])),
    })


def put(client: fl.FlightClient) -> None:
    for name, rows in TABLES.items():
        data = table(rows)
        writer, _ = client.do_put(fl.FlightDescriptor.for_path(name), data.schema)
        with writer:
            writer.write_table(data)


class Statements:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions = duckdb.sql(
            "SELECT DISTINCT function_name, function_type, parameter_types FROM duckdb_functions()"
            " WHERE function_type IN ('scalar', 'aggregate', 'macro') ORDER BY ALL").fetchall()
        self.random.shuffle(self.functions)

    def value(self, type_name: str | None) -> str:
        choice = self.random.choice
        if type_name is None or self.random.random() < 0.1:
            return choice(ANY)
        if type_name.endswith("[]"):
            return choice(VALUES["LIST"])
        if type_name.endswith("]"):
            return choice(VALUES["ARRAY"])
        return choice(next((values for name, values in VALUES.items() if type_name.startswith(name)), ANY))

    def sometimes_null(self, value: str) -> str:
        if value.startswith("lambda") or self.random.random() < 0.5:
            return value
        return f"CASE WHEN i = {self.random.randrange(4)} THEN NULL ELSE {value} END"

    def call(self, name: str, kind: str, parameters: list[str | None]) -> str:
        arguments = [self.sometimes_null(self.value(each)) for each in parameters]
        if self.random.random() < 0.1:
            arguments.append(self.value(None))
        frame = self.random.choice(FRAMES) if kind == "aggregate" else ""
        return f'"{name}"({", ".join(arguments)}){frame}'

    def expression(self, depth: int) -> str:
        if depth == 0 or self.random.random() < 0.2:
            return self.sometimes_null(self.random.choice(PLAIN))
        choice, inner = self.random.choice, lambda: self.expression(depth - 1)
        return choice([
            lambda: f"({inner()})::{choice(TYPES)}",
            lambda: f"TRY_CAST({inner()} AS {choice(TYPES)})",
            lambda: f"({inner()} {choice(OPERATORS)} {inner()})",
            lambda: f"({inner()})[{inner()}:{inner()}]",
            lambda: f"({inner()})[{inner()}]",
            lambda: f"[{inner()}, {inner()}]",
            lambda: f"({inner()}, {inner()})",
            lambda: f"{{'a': {inner()}, 'b': {inner()}}}",
            lambda: f"coalesce({inner()}, {inner()})",
            lambda: f"MAP {{{inner()}: {inner()}}}",
            lambda: f"list_transform({inner()}, lambda x: x = {inner()})",
        ])()

    def column(self) -> str:
        return f"x.{self.random.choice(COLUMNS)}"

    def over_columns(self) -> str:
        """An expression of a column, and perhaps of a constant or another."""
        choice = self.random.choice
        other = choice([self.column(), choice(PLAIN[:-1])])  # the last is a column of range
        return choice([self.column(), self.column(), f"({self.column()} {choice(OPERATORS)} {other})",
                       f"({self.column()})::{choice(TYPES)}", f"{{'a': {self.column()}, 'b': {self.column()}}}",
                       f"CASE WHEN {self.column()} IS NULL THEN {other} ELSE {self.column()} END"])

    def source(self) -> str:
        choice = self.random.choice
        left, right = choice(list(TABLES)), choice(list(TABLES))
        same = choice(COLUMNS)
        return choice([f"{left} x", f"{left} x {choice(JOINS)} {right} y ON x.{same} = y.{same}",
                       f"{left} x ASOF JOIN {right} y ON x.s = y.s AND x.i >= y.i",
                       f"{left} x POSITIONAL JOIN {right} y",
                       f"{left} x JOIN few y ON x.{same} IS DISTINCT FROM y.{same}",
                       f"(FROM {left} {choice(SETS)} FROM {right}) x", f"(FROM {left} TABLESAMPLE 50%) x",
                       "few x, LATERAL (SELECT x.i + 1 AS k, unnest(x.l) AS u) y"])

    def over_tables(self) -> str:
        choice, one = self.random.choice, self.over_columns()
        aggregate = f"{choice(AGGREGATES)}({choice(['', 'DISTINCT '])}{self.over_columns()})"
        window = choice(WINDOWS).format(self.column())
        frame = choice(["", f"PARTITION BY {self.over_columns()}", f"ORDER BY {self.column()}",
                        f"PARTITION BY {self.column()} ORDER BY {self.column()} ROWS 2 PRECEDING"])
        return choice([
            f"SELECT {one} AS v FROM {self.source()} WHERE {self.over_columns()} IS NOT NULL",
            f"SELECT {one} AS v, {aggregate} AS w FROM {self.source()} GROUP BY {choice(['ALL', f'ROLLUP ({one})'])}",
            f"SELECT x.i, {window} OVER ({frame}) AS v FROM {self.source()} QUALIFY v IS NOT NULL",
            f"SELECT DISTINCT ON ({one}) {self.column()} AS v FROM {self.source()}",
            f"SELECT {one} AS v FROM {self.source()} WHERE {self.column()} IN (SELECT x.i FROM few x)",
            f"SUMMARIZE SELECT {one} AS v FROM {self.source()}",
        ]) + choice(["", "", " ORDER BY ALL", " LIMIT 3"])

    def next(self, number: int) -> str:
        if number % 3 == 2:
            return self.over_tables()
        if number % 3:
            answer = self.expression(NEST)
        else:
            answer = self.call(*self.functions[number // 3 % len(self.functions)])
        rows = self.random.choice([4, 4, LONG])
        return f"SELECT {answer} AS v FROM range({rows}) r(i){self.random.choice(TAILS)}"


def main(url: str, seed: str, count: str) -> None:
    client, statements = connect(url), Statements(int(seed))
    put(client)
    answered = refused = 0
    for number in range(int(count)):
        sql = statements.next(number)
        command = json.dumps({"sql": sql, "timeout": "5s", "cache": "no"}).encode()
        try:
            client.do_get(fl.Ticket(command)).read_all()
            answered += 1
        except fl.FlightUnavailableError as gone:
            sys.exit(f"the server is gone after statement {number} of seed {seed}: {sql}\n{gone}")
        except Exception:  # whatever it says, the server lives
            refused += 1
    print(f"S-3 {answered + refused} statements passed, 0 failed ({answered} answered, {refused} refused, seed {seed})")


main(*sys.argv[1:])
