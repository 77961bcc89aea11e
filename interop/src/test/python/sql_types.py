#!/usr/bin/env python3
"""Every Arrow type in a table, and what SQL makes of it: the type it answers in, or the refusal.

    sql_types.py grpc://127.0.0.1:8815
"""
import argparse
import decimal
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.flight as fl

from checks import check, connect, refused, run

TABLE = "sql/types"
IN_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
LONG_MAX = (1 << 63) - 1
# Rows 4 and 5 of each column are alike, row 3 is null, the others are extremes and what is empty.
GROUPS = [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2)]
ALIKE = [4, 5]


@dataclass(frozen=True)
class Case:
    """A column of six rows; `answer` is the type it comes back in, None that it is refused."""

    name: str
    values: pa.Array
    answer: pa.DataType | None
    expected: pa.Array | None = None
    groups: list | None = None
    alike: list | None = None


def whole(t: pa.DataType, *values) -> pa.Array:
    """Dates, times and durations, of whole numbers in their own unit."""
    return pa.array(values, pa.int32() if t.bit_width == 32 else pa.int64()).view(t)


# -- what is put, and what it comes back as ---------------------------------------------------------

def numbers() -> Iterator[Case]:
    for bits in (8, 16, 32, 64):
        signed, unsigned = getattr(pa, f"int{bits}")(), getattr(pa, f"uint{bits}")()
        top = 1 << bits - 1
        yield Case(str(signed), pa.array([-top, top - 1, 0, None, 7, 7], signed), signed)
        yield Case(str(unsigned), pa.array([0, 2 * top - 1, 1, None, 7, 7], unsigned), unsigned)
    yield Case("bool", pa.array([True, False, False, None, True, True]), pa.bool_(),
               groups=[(0, 3), (1, 2), (3, 1)], alike=[0, 4, 5])
    halves = [np.float16(v) for v in (-65504, float("inf"), 0)] + [None, np.float16(1.5), np.float16(1.5)]
    yield Case("float16", pa.array(halves, pa.float16()), None)
    yield Case("float32", pa.array([-3.4028234663852886e38, float("inf"), -0.0, None, 1.5, 1.5], pa.float32()),
               pa.float32())
    yield Case("float64", pa.array([float("nan"), float("-inf"), 5e-324, None, 1.5, 1.5]), pa.float64())
    for t, answer in ((pa.decimal32(9, 2), pa.decimal128(9, 2)), (pa.decimal32(4, 4), pa.decimal128(4, 4)),
                      (pa.decimal64(18, 5), pa.decimal128(18, 5)), (pa.decimal128(38, 10), pa.decimal128(38, 10)),
                      (pa.decimal128(38, 0), pa.decimal128(38, 0)), (pa.decimal128(5, 2), pa.decimal128(5, 2)),
                      (pa.decimal128(5, -2), None), (pa.decimal256(38, 2), None), (pa.decimal256(76, 30), None)):
        values = [unscaled(n, t) for n in (1 - 10 ** t.precision, 10 ** t.precision - 1, 0)]
        yield Case(str(t), pa.array([*values, None, unscaled(75, t), unscaled(75, t)], t), answer)


def unscaled(n: int, t: pa.DataType) -> decimal.Decimal:
    return decimal.Decimal(n).scaleb(-t.scale, decimal.Context(prec=100))


def times() -> Iterator[Case]:
    date32, time = pa.date32(), pa.time64("us")
    yield Case("date32", whole(date32, -719162, (1 << 31) - 1, 0, None, 7, 7), date32)
    day = IN_A_DAY["ms"]
    yield Case("date64", whole(pa.date64(), -719162 * day, 2932896 * day, 0, None, 7 * day, 7 * day), date32)
    for t, answer in ((pa.time32("s"), time), (pa.time32("ms"), time), (time, time), (pa.time64("ns"), pa.time64("ns"))):
        last = IN_A_DAY[t.unit] - 1
        yield Case(str(t), whole(t, 0, last, 1, None, last // 2, last // 2), answer)
    for unit in IN_A_DAY:
        t = pa.timestamp(unit)
        yield Case(str(t), whole(t, -LONG_MAX - 1, LONG_MAX, 0, None, 7, 7), t)
        for zone in ("UTC", "Europe/Stockholm", "+05:30"):
            t = pa.timestamp(unit, zone)
            most = LONG_MAX // {"s": 10 ** 6, "ms": 10 ** 3}.get(unit, 1)
            yield Case(str(t), whole(t, -most, most, 0, None, 7, 7), pa.timestamp("ns" if unit == "ns" else "us", "UTC"))
        yield durations(unit)
    spans = [pa.MonthDayNano(v) for v in ([-99, -99, -10 ** 12], [2 ** 31 - 1, 2 ** 31 - 1, 10 ** 18], [0, 0, 0],
                                          [1, 2, 3000], [1, 2, 3000])]
    t = pa.month_day_nano_interval()
    yield Case("interval", pa.array([*spans[:3], None, *spans[3:]], t), t)


def durations(unit: str) -> Case:
    """SQL has intervals alone, in whole microseconds."""
    t = pa.duration(unit)
    many = 100_000 * IN_A_DAY[unit]
    some = {"ns": 7000}.get(unit, 7)
    nanos = 10 ** 9 * IN_A_DAY["s"] // IN_A_DAY[unit]
    values = [-many, many, 0, None, some, some]
    spans = [None if v is None else pa.MonthDayNano([0, 0, v * nanos]) for v in values]
    answer = pa.month_day_nano_interval()
    return Case(str(t), whole(t, *values), answer, expected=pa.array(spans, answer))


def runs_of_bytes() -> Iterator[Case]:
    words = ["", "an 飛行機 " * 9, "thirteen byte", None, "twelve bytes", "twelve bytes"]
    raw = [b"", bytes(range(256)), b"\0", None, b"twelve bytes", b"twelve bytes"]
    for t in (pa.string(), pa.large_string(), pa.string_view()):
        yield Case(str(t), pa.array(words, t), pa.string())
    for t in (pa.binary(), pa.large_binary(), pa.binary_view()):
        yield Case(str(t), pa.array(raw, t), pa.binary())
    yield Case("binary(3)", pa.array([b"\0\0\0", b"\xff\xff\xff", b"abc", None, b"xyz", b"xyz"], pa.binary(3)),
               pa.binary())
    yield Case("binary(0)", pa.array([b"", b"", b"", None, b"", b""], pa.binary(0)), None)
    yield Case("null", pa.nulls(6), pa.null(), groups=[(0, 6)], alike=[])


def nested() -> Iterator[Case]:
    lists = [[], [1, None, 3], [None], None, [5, 6], [5, 6]]
    answer = pa.list_(pa.field("l", pa.int32()))
    for t in (pa.list_(pa.int32()), pa.large_list(pa.int32()), pa.list_view(pa.int32()), pa.large_list_view(pa.int32())):
        yield Case(str(t), pa.array(lists, t), answer, expected=pa.array(lists, answer))
    yield Case("list of lists of string_view", pa.array(
        [[[]], [["a", None], None], [], None, [["x" * 40]], [["x" * 40]]], pa.list_(pa.list_(pa.string_view()))),
        pa.list_(pa.field("l", pa.list_(pa.field("l", pa.string())))))
    pairs = pa.array([[1, 2], [None, None], [0, 1], None, [5, 6], [5, 6]], pa.list_(pa.int32(), 2))
    yield Case("fixed_size_list", pairs, pa.list_(pa.field("", pa.int32()), 2))
    yield Case("fixed_size_list of none", pa.array([[], [], [], None, [], []], pa.list_(pa.int32(), 0)), None)
    point = pa.struct([("x", pa.int32()), ("y", pa.large_string())])
    yield Case("struct", pa.array([{"x": None, "y": None}, {"x": 1, "y": ""}, {"x": 0, "y": "b"}, None,
                                   {"x": 5, "y": "c"}, {"x": 5, "y": "c"}], point),
               pa.struct([("x", pa.int32()), ("y", pa.string())]))
    yield Case("struct of nothing", pa.array([{}, {}, {}, None, {}, {}], pa.struct([])), pa.struct([]),
               groups=[(0, 5), (3, 1)], alike=[0, 1, 2, 4, 5])
    ones = pa.array(range(6))
    yield Case("struct of one name twice", pa.StructArray.from_arrays([ones, ones], ["a", "a"]), None)
    yield Case("struct of no names", pa.StructArray.from_arrays([ones, ones], ["", ""]), None)
    yield Case("struct of a and A", pa.StructArray.from_arrays([ones, ones], ["a", "A"]), None)
    halves = pa.array([np.float16(1)] * 6, pa.float16())
    yield Case("struct of float16", pa.StructArray.from_arrays([halves], ["h"]), None)
    small = pa.array([unscaled(n, pa.decimal32(9, 2)) for n in range(6)], pa.decimal32(9, 2))
    yield Case("struct of decimal32", pa.StructArray.from_arrays([small], ["d"]),
               pa.struct([("d", pa.decimal128(9, 2))]), groups=[(n, 1) for n in range(6)], alike=[4])
    yield Case("map", pa.array([[], [("a", None)], [("", 0), ("b", 2)], None, [("k", 5)], [("k", 5)]],
                               pa.map_(pa.string(), pa.int32())), pa.map_(pa.string(), pa.int32()))


def unions() -> Iterator[Case]:
    codes = pa.array([0, 1, 0, 0, 1, 1], pa.int8())
    values = [pa.array([1, 0, 3, None, 0, 0]), pa.array(["", "b", "", "", "e", "e"])]
    sparse = pa.UnionArray.from_sparse(codes, values, ["number", "word"])
    yield Case("sparse union", sparse, sparse.type)
    far = pa.array([5, 99, 5, 5, 99, 99], pa.int8())
    yield Case("sparse union of codes 5 and 99", pa.UnionArray.from_sparse(far, values, ["number", "word"], [5, 99]), None)
    dense = pa.UnionArray.from_dense(codes, pa.array([0, 0, 1, 2, 1, 2], pa.int32()),
                                     [pa.array([1, 2, None]), pa.array(["", "e", "e"])], ["number", "word"])
    yield Case("dense union", dense, None)


def encoded() -> Iterator[Case]:
    """Dictionaries and runs come back as what they stand for."""
    for index in (pa.int8(), pa.uint16(), pa.int32(), pa.uint64()):
        yield Case(f"dictionary by {index}", words(pa.array(["", "z", "å", "v"]), index), pa.string())
    yield Case("dictionary with a null", words(pa.array(["", None, "b", "v"])), pa.string(),
               groups=[(0, 1), (1, 2), (2, 1), (4, 2)])
    cents = pa.array([unscaled(n, pa.decimal64(12, 2)) for n in range(4)], pa.decimal64(12, 2))
    for of, answer in ((pa.array([1, 2, 3, 5]), pa.int64()), (pa.array([1.5, 2, 3, 5]), pa.float64()),
                       (pa.array([1, 2, 3, 5], pa.timestamp("us", "UTC")), pa.timestamp("us", "UTC")),
                       (cents, pa.decimal128(12, 2)), (cents.cast(pa.decimal128(9, 2)), pa.decimal128(9, 2))):
        yield Case(f"dictionary of {of.type}", words(of), answer)
    yield Case("dictionary of lists", words(pa.array([[1], [2], [], None])), None)
    yield Case("dictionary of structs", words(pa.array([{"a": n} for n in range(4)])), None)
    inside = pa.StructArray.from_arrays([words(pa.array(["", "z", "å", "v"]))], ["d"])
    yield Case("dictionary in a struct", inside, pa.struct([("d", pa.string())]))
    numbers = pa.array([1, 2, 3, None, 5])
    for ends in (pa.int16(), pa.int32(), pa.int64()):
        runs = pa.RunEndEncodedArray.from_arrays(pa.array([1, 2, 3, 4, 6], ends), numbers)
        yield Case(f"run-end encoded by {ends}", runs, pa.int64(), expected=pc.run_end_decode(runs))
    yield Case("run-end encoded in a struct", pa.StructArray.from_arrays([runs], ["r"]), pa.struct([("r", pa.int64())]),
               expected=pa.StructArray.from_arrays([pc.run_end_decode(runs)], ["r"]))


def words(of: pa.Array, index: pa.DataType = pa.int8()) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None, 3, 3], index), of)


def extensions() -> Iterator[Case]:
    """SQL knows UUIDs, and answers them as text; of other types it sees how they are stored."""
    keys = [b"\0" * 16, b"\xff" * 16, bytes(range(16)), None, b"a" * 16, b"a" * 16]
    texts = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
             "00010203-0405-0607-0809-0a0b0c0d0e0f", None, *["61616161-6161-6161-6161-616161616161"] * 2]
    ids = pa.ExtensionArray.from_storage(pa.uuid(), pa.array(keys, pa.binary(16)))
    yield Case("uuid", ids, pa.string(), expected=pa.array(texts))
    yield Case("uuid in a struct", pa.StructArray.from_arrays([ids], ["id"]), pa.struct([("id", pa.string())]),
               expected=pa.StructArray.from_arrays([pa.array(texts)], ["id"]))
    documents = pa.array(["{}", "[1, null]", '""', None, '{"a": 1}', '{"a": 1}'])
    yield stored("json", pa.json_(), documents, pa.string())
    yield stored("bool8", pa.bool8(), pa.array([0, 1, -1, None, 2, 2], pa.int8()), pa.int8())
    cells = pa.array([[1, 2], [0, 0], [3, 4], None, [5, 6], [5, 6]], pa.list_(pa.float32(), 2))
    yield stored("fixed_shape_tensor", pa.fixed_shape_tensor(pa.float32(), [2]), cells,
                 pa.list_(pa.field("", pa.float32()), 2))
    yield stored("opaque", pa.opaque(pa.binary(), "geometry", "a database"),
                 pa.array([b"", b"a", b"b", None, b"c", b"c"]), pa.binary())


def stored(name: str, t: pa.DataType, values: pa.Array, answer: pa.DataType) -> Case:
    return Case(name, pa.ExtensionArray.from_storage(t, values), answer, expected=values)


def cases() -> list[Case]:
    return [*numbers(), *times(), *runs_of_bytes(), *nested(), *unions(), *encoded(), *extensions()]


# -- values that SQL has no place for ---------------------------------------------------------------

@dataclass(frozen=True)
class Values:
    """A value that SQL holds, the last of its kind, and one that it does not."""

    last: pa.Array
    beyond: pa.Array


def bounds() -> Iterator[Values]:
    micros = {"s": 10 ** 6, "ms": 10 ** 3}
    for unit, count in micros.items():
        for t in (pa.duration(unit), pa.timestamp(unit, "UTC")):
            yield Values(whole(t, LONG_MAX // count, None), whole(t, LONG_MAX // count + 1, None))
            yield Values(whole(t, -(LONG_MAX // count)), whole(t, -(LONG_MAX // count) - 1))
    yield Values(whole(pa.duration("ns"), 1000, None), whole(pa.duration("ns"), 1001, None))
    yield Values(pa.array([pa.MonthDayNano([0, 0, -1000])]), pa.array([pa.MonthDayNano([0, 0, -1001])]))
    day = IN_A_DAY["ms"]
    yield Values(whole(pa.date64(), -day), whole(pa.date64(), -day + 1))
    yield Values(whole(pa.date64(), ((1 << 31) - 1) * day), whole(pa.date64(), (1 << 31) * day))
    for t in (pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")):
        yield Values(whole(t, IN_A_DAY[t.unit] - 1, 0), whole(t, IN_A_DAY[t.unit] + 1))
        yield Values(whole(t, 0, None), whole(t, -1, None))
    for t in (pa.decimal32(3, 1), pa.decimal64(12, 0), pa.decimal128(5, 2), pa.decimal128(19, 2), pa.decimal128(38, 0)):
        most = 10 ** t.precision
        yield Values(digits(t, most - 1), digits(t, most))
        yield Values(digits(t, 1 - most), digits(t, -most))
    inside = [pa.array([[v]], pa.list_(pa.duration("ns"))) for v in (5000, 5001)]
    yield Values(*inside)
    yield Values(*(pa.array([v], pa.duration("ns")).dictionary_encode() for v in (5000, 5001)))


def digits(t: pa.DataType, n: int) -> pa.Array:
    """A decimal of a number that its type may be too short for, and that nobody checks."""
    size = t.bit_width // 8
    return pa.Array.from_buffers(t, 1, [None, pa.py_buffer(n.to_bytes(size, "little", signed=True))])


def no_texts() -> Iterator[pa.Array]:
    """Bytes that are no UTF-8, in arrays of texts: none begins so, too short, too long, surrogates, too far."""
    for raw in (b"\x80", b"\xff", b"abcdefg\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc0\xaf", b"\xe0\x80\xaf",
                b"\xf0\x80\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3(", b"x" * 40 + b"\xf5"):
        yield as_text(raw, pa.string())
    for t in (pa.large_string(), pa.string_view()):
        yield as_text(b"\xff", t)
    split = pa.array([0, 1, 2], pa.int32()).buffers()[1]
    yield pa.Array.from_buffers(pa.string(), 2, [None, split, pa.py_buffer("é".encode())])
    yield pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), as_text(b"\xff", pa.string()))
    yield pa.DictionaryArray.from_arrays(pa.array([0]), as_text(b"\xff", pa.string()))


def as_text(raw: bytes, t: pa.DataType) -> pa.Array:
    """Texts that nobody has looked at."""
    kinds = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
    binary = pa.array([raw], kinds[t])
    return pa.Array.from_buffers(t, 1, binary.buffers())


# -- asking -----------------------------------------------------------------------------------------

def ask(client: fl.FlightClient, sql: str) -> pa.Table:
    """The answer to a command; a ticket that is the command has the same, also computed anew."""
    command = json.dumps({"sql": sql}).encode()
    descriptor = fl.FlightDescriptor.for_command(command)
    info = client.get_flight_info(descriptor)
    answer = client.do_get(info.endpoints[0].ticket).read_all()
    answer.validate(full=True)
    check(info.schema.equals(answer.schema), f"{sql}: told {info.schema}, came {answer.schema}")
    check(client.get_schema(descriptor).schema.equals(answer.schema), f"{sql}: get_schema tells another one")
    at_once = client.do_get(fl.Ticket(command)).read_all()
    check(same(at_once, answer), f"{sql}: the ticket answers {at_once}, the command {answer}")
    anew = client.do_get(fl.Ticket(json.dumps({"sql": sql, "cache": "no"}).encode())).read_all()
    check(same(anew, answer) if "ORDER BY" in sql else anew.num_rows == answer.num_rows,
          f"{sql}: anew it answers {anew}, before {answer}")
    return answer


def same(a: pa.Table, b: pa.Table) -> bool:
    """Whether tables are equal, in NaNs and signs of zero too."""
    return a.schema.equals(b.schema) and a.num_rows == b.num_rows and all(
        repr(x.to_pylist()) == repr(y.to_pylist()) if pa.types.is_floating(x.type) else x.equals(y)
        for x, y in zip(a.columns, b.columns))


def put(client: fl.FlightClient, name: str, table: pa.Table) -> None:
    writer, _ = client.do_put(fl.FlightDescriptor.for_path(*name.split("/")), table.schema)
    with writer:
        writer.write_table(table)


def same_values(got: pa.ChunkedArray, case: Case) -> None:
    values = pa.concat_arrays(got.chunks)
    check(values.type == case.answer, f"{case.name} comes as {values.type}, not {case.answer}")
    expected = case.values if case.expected is None else case.expected
    if expected.type != values.type:
        expected = like(expected, values.type)
    if pa.types.is_floating(values.type):
        numbers = {32: pa.int32(), 64: pa.int64()}[values.type.bit_width]
        values, expected = values.view(numbers), expected.view(numbers)
    same = expected.equals(values) or not pa.types.is_temporal(values.type) and expected.to_pylist() == values.to_pylist()
    check(same, f"{case.name}: put {expected}, got {values}")


def like(values: pa.Array, t: pa.DataType) -> pa.Array:
    """Values in another type, where Arrow makes it of them."""
    try:
        return values.cast(t)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return values


def column(case: Case) -> str:
    return '"' + case.name + '"'


def answered(client: fl.FlightClient, case: Case) -> None:
    c = column(case)
    table = f'"{TABLE}"'
    same_values(ask(client, f"SELECT {c} FROM {table} ORDER BY n").column(0), case)
    alike = ask(client, f"SELECT n FROM {table} WHERE {c} = (SELECT {c} FROM {table} WHERE n = 4) ORDER BY n")
    check(alike["n"].to_pylist() == (ALIKE if case.alike is None else case.alike), f"{case.name}: alike are {alike}")
    groups = ask(client, f"SELECT min(n), count(*), {c} FROM {table} GROUP BY {c} ORDER BY 1")
    found = list(zip(groups.column(0).to_pylist(), groups.column(1).to_pylist()))
    check(found == (case.groups or GROUPS), f"{case.name}: the groups are {found}")


def not_answered(client: fl.FlightClient, case: Case) -> None:
    c = column(case)
    for sql in (f'SELECT {c} FROM "{TABLE}"', f'SELECT n FROM "{TABLE}" WHERE {c} IS NULL',
                f'SELECT count(*) FROM "{TABLE}" GROUP BY {c}'):
        refused(pa.ArrowInvalid, lambda: ask(client, sql), f"column {case.name} has the Arrow type ", "SQL can't read")


def everything(client: fl.FlightClient, chosen: list[Case]) -> None:
    """SELECT * answers where all columns can be read, and says which one can't where one is among them."""
    rest = [case for case in chosen if case.answer is None]
    refused(pa.ArrowInvalid, lambda: ask(client, f'SELECT * FROM "{TABLE}"'), f"column {rest[0].name} has")
    left = ", ".join(column(case) for case in rest)
    answer = ask(client, f'SELECT * EXCLUDE ({left}) FROM "{TABLE}" ORDER BY n')
    for case in chosen:
        if case.answer is not None:
            same_values(answer[case.name], case)


def bounded(client: fl.FlightClient, values: Values) -> None:
    n = pa.array(range(len(values.last)))
    sql = 'SELECT n FROM "sql/bounds" WHERE c IS NOT NULL'
    put(client, "sql/bounds", pa.table({"n": n, "c": values.last}))
    rows = len(values.last) - values.last.null_count
    check(ask(client, sql).num_rows == rows, f"{values.last.type}: {values.last} is not read")
    put(client, "sql/bounds", pa.table({"n": n[:len(values.beyond)], "c": values.beyond}))
    refused(pa.ArrowInvalid, lambda: ask(client, sql), "column c has the value ", "SQL holds only ")
    check(ask(client, 'SELECT n FROM "sql/bounds"').num_rows == len(values.beyond), "the other column is not read")


def no_text(client: fl.FlightClient, values: pa.Array) -> None:
    put(client, "sql/bounds", pa.table({"n": pa.array(range(len(values))), "c": values}))
    for sql in ('SELECT c FROM "sql/bounds"', 'SELECT upper(c::VARCHAR) FROM "sql/bounds"'):
        refused(pa.ArrowInvalid, lambda: ask(client, sql), "column c has a text that is not UTF-8")
    check(ask(client, 'SELECT n FROM "sql/bounds"').num_rows == len(values), "the other column is not read")


def texts(client: fl.FlightClient) -> None:
    """Characters of all lengths, the first and the last of each, in values of all lengths."""
    ends = "\0\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"
    values = [ends[i:j] * k for i in range(len(ends)) for j in range(i + 1, len(ends) + 1) for k in (1, 60)]
    for t in (pa.string(), pa.large_string(), pa.string_view()):
        put(client, "sql/bounds", pa.table({"c": pa.array(values, t)}))
        got = ask(client, 'SELECT c FROM "sql/bounds"').column(0).to_pylist()
        check(got == values, f"{t}: texts came back different")


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    p.add_argument("--only", default="")
    args = p.parse_args()
    client = connect(args.url)
    all_cases = cases()
    n = pa.array(range(6), pa.int32())
    put(client, TABLE, pa.table({"n": n, **{case.name: case.values for case in all_cases}}))
    steps: list[tuple[str, Callable]] = [("all at once", lambda: everything(client, all_cases))]
    for case in all_cases:
        step = answered if case.answer is not None else not_answered
        steps.append((f"{case.name} -> {case.answer or 'refused'}", lambda case=case, step=step: step(client, case)))
    for values in bounds():
        steps.append((f"bounds of {values.last.type}", lambda values=values: bounded(client, values)))
    steps.append(("texts", lambda: texts(client)))
    for values in no_texts():
        steps.append((f"no text in {values.type}", lambda values=values: no_text(client, values)))
    run("sql_types", [step for step in steps if args.only in step[0]])


if __name__ == "__main__":
    main()
