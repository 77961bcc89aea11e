#!/usr/bin/env python3
"""Every Arrow type, and every way to send batches, put and got back equal, batch by batch.

    arrow_types.py grpc://127.0.0.1:8815 [--only PART_OF_A_NAME] [--skip NAME] [--step put|copies]

With --step put the tables stay, under `types/`, for another client to copy them; --step copies holds what that client
made, under `copies/`, against what was put.
"""
import argparse
import datetime
import decimal
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.flight as fl

from checks import check, connect, run, same_batch, same_schema

SEED = 8815
ROWS = 100
FEW_ROWS = 7
NULLS_IN_TEN = 2
DICTIONARY_WORDS = 5


@dataclass(frozen=True)
class Case:
    """A table to put: what is sent, and how. A chunk is a batch, its app_metadata, or both."""

    name: str
    schema: pa.Schema
    chunks: list[tuple[pa.RecordBatch | None, bytes | None]]
    options: pa.ipc.IpcWriteOptions = field(default_factory=pa.ipc.IpcWriteOptions)


class Coordinates(pa.ExtensionType):
    """An extension type no server has heard of."""

    def __init__(self):
        super().__init__(pa.list_(pa.float64(), 2), "hangar.test.coordinates")

    def __arrow_ext_serialize__(self) -> bytes:
        return b"epsg:4326"

    @classmethod
    def __arrow_ext_deserialize__(cls, storage, serialized):
        check(serialized == b"epsg:4326", f"the extension's own bytes came back as {serialized}")
        return cls()


# -- values ---------------------------------------------------------------------------------------

def scalar(t: pa.DataType, r: random.Random):
    """One value `t` can hold, in Python's own types."""
    if pa.types.is_null(t):
        return None
    if pa.types.is_boolean(t):
        return r.random() < 0.5
    if pa.types.is_integer(t):
        low, high = (0, 1 << t.bit_width) if t in UNSIGNED else (-(1 << t.bit_width - 1), 1 << t.bit_width - 1)
        return r.choice([low, high - 1, r.randrange(low, high)])
    if pa.types.is_float16(t):
        return np.float16(r.uniform(-9, 9))
    if pa.types.is_floating(t):
        return float(np.float32(r.choice([0.0, -0.0, float("inf"), r.uniform(-1e30, 1e30)])))
    if pa.types.is_decimal(t):
        return decimal.Decimal(r.randrange(-10 ** t.precision + 1, 10 ** t.precision)).scaleb(
            -t.scale, decimal.Context(prec=100))
    if pa.types.is_date(t):
        return datetime.date(1900, 1, 1) + datetime.timedelta(days=r.randrange(80_000))
    if pa.types.is_interval(t):
        return pa.MonthDayNano([r.randrange(-99, 99), r.randrange(-99, 99), r.randrange(-10 ** 12, 10 ** 12)])
    return bytes_or_nested(t, r)


def bytes_or_nested(t: pa.DataType, r: random.Random):
    if pa.types.is_fixed_size_binary(t):
        return r.randbytes(t.byte_width)
    if pa.types.is_string(t) or pa.types.is_large_string(t) or t == pa.string_view():
        return r.choice(["", "å", "twelve bytes", "thirteen byte", "an 飛行機 " * r.randrange(9)])
    if pa.types.is_binary(t) or pa.types.is_large_binary(t) or t == pa.binary_view():
        return r.randbytes(r.choice([0, 1, 12, 13, 40]))
    if pa.types.is_struct(t):
        return {f.name: maybe(f.type, r) for f in t}
    if pa.types.is_map(t):
        return [(f"key {i}", maybe(t.item_type, r)) for i in range(r.randrange(4))]
    if pa.types.is_fixed_size_list(t):
        return [maybe(t.value_type, r) for _ in range(t.list_size)]
    return [maybe(t.value_type, r) for _ in range(r.randrange(4))]


def maybe(t: pa.DataType, r: random.Random):
    return None if r.randrange(10) < NULLS_IN_TEN else scalar(t, r)


UNSIGNED = {pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()}


def counted(t: pa.DataType, rows: int, r: random.Random) -> pa.Array:
    """Times and durations: whole numbers in the type's own unit."""
    bits = pa.int32() if t.bit_width == 32 else pa.int64()
    top = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}[t.unit]
    low = 0 if pa.types.is_time(t) else -top
    values = [None if r.randrange(10) < NULLS_IN_TEN else r.randrange(low, top) for _ in range(rows)]
    return pa.array(values, bits).view(t)


def column(t: pa.DataType, rows: int, r: random.Random) -> pa.Array:
    if pa.types.is_time(t) or pa.types.is_timestamp(t) or pa.types.is_duration(t):
        return counted(t, rows, r)
    return pa.array([maybe(t, r) for _ in range(rows)], t)


def plain_types() -> list[pa.DataType]:
    units = ("s", "ms", "us", "ns")
    numbers = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), *sorted(UNSIGNED, key=str),
               pa.float16(), pa.float32(), pa.float64(),
               pa.decimal32(7, 2), pa.decimal64(18, 5), pa.decimal128(38, 10), pa.decimal128(5, -2),
               pa.decimal256(76, 30)]
    times = [pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns"),
             *(pa.timestamp(u) for u in units), *(pa.timestamp(u, "UTC") for u in units),
             pa.timestamp("us", "Europe/Stockholm"), pa.timestamp("ns", "+05:30"),
             *(pa.duration(u) for u in units), pa.month_day_nano_interval()]
    runs = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(),
            pa.binary(3), pa.binary(0)]
    return [pa.null(), pa.bool_(), *numbers, *times, *runs]


def nested_types() -> list[pa.DataType]:
    point = pa.struct([pa.field("x", pa.float64(), nullable=True, metadata={"unit": "m"}), ("label", pa.string())])
    return [pa.list_(pa.int32()), pa.large_list(pa.string()), pa.list_(pa.int16(), 3), pa.list_view(pa.int64()),
            pa.large_list_view(pa.string()), pa.list_(pa.list_(pa.list_(pa.bool_()))), pa.list_(pa.string_view()),
            point, pa.struct([]), pa.struct([("deep", pa.struct([("deeper", pa.list_(point))]))]),
            pa.map_(pa.string(), pa.int32()), pa.map_(pa.string(), pa.list_(point), keys_sorted=True),
            pa.list_(pa.map_(pa.string(), pa.decimal128(9, 2)))]


# -- cases ----------------------------------------------------------------------------------------

def batches_of(arrays: list[pa.Array], name: str = "c") -> list[pa.RecordBatch]:
    return [pa.record_batch([a], schema=pa.schema([pa.field(name, a.type)])) for a in arrays]


def case_of(name: str, arrays: list[pa.Array], **how) -> Case:
    batches = batches_of(arrays)
    return Case(name, batches[0].schema, [(b, None) for b in batches], **how)


def plain_and_nested(r: random.Random) -> Iterator[Case]:
    for t in (*plain_types(), *nested_types()):
        arrays = [column(t, rows, r) for rows in (ROWS, 0, FEW_ROWS)]
        yield case_of(f"type {t}", [*arrays, arrays[0].slice(13, 40), pa.nulls(FEW_ROWS, t)])


def zones() -> Iterator[Case]:
    for zone in ("UTC", "America/St_Johns", "-03:30"):
        tz = ZoneInfo(zone) if "/" in zone or zone == "UTC" else datetime.timezone(-datetime.timedelta(hours=3.5))
        moment = datetime.datetime(2026, 3, 29, 1, 30, tzinfo=tz)
        yield case_of(f"zone {zone}", [pa.array([moment, None], pa.timestamp("us", zone))])


def unions(r: random.Random) -> Iterator[Case]:
    codes = pa.array([r.randrange(2) for _ in range(ROWS)], pa.int8())
    numbers, words = column(pa.int64(), ROWS, r), column(pa.string(), ROWS, r)
    sparse = pa.UnionArray.from_sparse(codes, [numbers, words], ["number", "word"])
    yield case_of("sparse union", [sparse, sparse.slice(10, 20), sparse.slice(0, 0)])
    seen = [0, 0]
    offsets = []
    for code in codes.to_pylist():
        offsets.append(seen[code])
        seen[code] += 1
    dense = pa.UnionArray.from_dense(codes, pa.array(offsets, pa.int32()), [numbers, words], ["number", "word"], [0, 1])
    yield case_of("dense union", [dense, dense.slice(10, 20), dense.slice(0, 0)])
    far = pa.array([5, 99, 5], pa.int8())
    yield case_of("dense union with type codes 5 and 99", [
        pa.UnionArray.from_dense(far, pa.array([0, 0, 1], pa.int32()),
                                 [pa.array([1, 2]), pa.array(["one"])], ["n", "w"], [5, 99])])


def run_ends(r: random.Random) -> Iterator[Case]:
    for ends in (pa.int16(), pa.int32(), pa.int64()):
        for t in (pa.int32(), pa.string(), pa.list_(pa.int8())):
            lengths = np.cumsum([r.randrange(1, 9) for _ in range(FEW_ROWS)])
            array = pa.RunEndEncodedArray.from_arrays(pa.array(lengths, ends), column(t, FEW_ROWS, r))
            yield case_of(f"run-end encoded {ends} {t}", [array, array.slice(3, 5)])
    encoded = pc.run_end_encode(pa.array([1, 1, None, None, 2]))
    yield case_of("run-end encoded inside a struct", [pa.StructArray.from_arrays([encoded], ["runs"])])


def extensions(r: random.Random) -> Iterator[Case]:
    keys = pa.array([uuid.UUID(int=r.getrandbits(128)).bytes, None], pa.binary(16))
    yield case_of("extension uuid", [pa.ExtensionArray.from_storage(pa.uuid(), keys)])
    yield case_of("extension json", [pa.ExtensionArray.from_storage(pa.json_(), pa.array(['{"a": 1}', None]))])
    yield case_of("extension bool8", [pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 1, None], pa.int8()))])
    tensor = pa.fixed_shape_tensor(pa.float32(), [2, 2], dim_names=["h", "w"])
    cells = pa.array([[1, 2, 3, 4], None], pa.list_(pa.float32(), 4))
    yield case_of("extension fixed_shape_tensor", [pa.ExtensionArray.from_storage(tensor, cells)])
    opaque = pa.opaque(pa.binary(), "geometry", "a database")
    yield case_of("extension opaque", [pa.ExtensionArray.from_storage(opaque, pa.array([b"\x01", None]))])
    places = pa.array([[59.3, 18.1], None], pa.list_(pa.float64(), 2))
    own = pa.ExtensionArray.from_storage(Coordinates(), places)
    yield case_of("extension of one's own", [own, own.slice(1)])
    yield case_of("extension in a list", [pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), own)])


def dictionaries(r: random.Random) -> Iterator[Case]:
    for index in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()):
        yield case_of(f"dictionary by {index}", [encoded(index, column(pa.string(), DICTIONARY_WORDS, r), r)] * 3)
    point = pa.struct([("x", pa.int32()), ("y", pa.string())])
    for t in (pa.int64(), pa.float64(), pa.timestamp("us", "UTC"), pa.large_string(), pa.string_view(), pa.binary(2),
              pa.decimal128(9, 2), pa.list_(pa.int32()), point):
        yield case_of(f"dictionary of {t}", [encoded(pa.int32(), column(t, DICTIONARY_WORDS, r), r)] * 3)
    words = pa.array(["up", "down"])
    ordered = pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int8()), words, ordered=True)
    yield case_of("dictionary, ordered", [ordered, ordered.slice(1), ordered.slice(0, 0)])
    unused = pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int8()), words.slice(0, 0))
    yield case_of("dictionary, empty and all null", [unused])
    inside = encoded(pa.int8(), words, r, rows=6)
    lists = pa.ListArray.from_arrays(pa.array([0, 2, 2, 6], pa.int32()), inside)
    yield case_of("dictionary in a list", [lists, lists])
    structs = pa.StructArray.from_arrays([inside, inside], ["a", "b"])
    yield case_of("two dictionaries in a struct", [structs, structs.slice(2)])
    outer = pa.DictionaryArray.from_arrays(pa.array([2, 0, None, 1], pa.int16()), lists)
    yield case_of("dictionary of lists of a dictionary", [outer, outer])
    two = pa.record_batch({"a": inside, "b": encoded(pa.int32(), pa.array([1.5, 2.5]), r, rows=6)})
    yield Case("two dictionary columns", two.schema, [(two, None), (two.slice(0, 0), None), (two, None)])


def encoded(index: pa.DataType, values: pa.Array, r: random.Random, rows: int = ROWS) -> pa.Array:
    codes = [None if r.randrange(10) < NULLS_IN_TEN else r.randrange(len(values)) for _ in range(rows)]
    return pa.DictionaryArray.from_arrays(pa.array(codes, index), values)


def changing_dictionaries() -> Iterator[Case]:
    def words(*of: str) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(range(len(of)), pa.int32()), pa.array(of))

    deltas = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    replaced = [words("a", "b"), words("c"), words("c", "a", "b")]
    growing = [words("a"), words("a", "b"), words("a", "b"), words("a", "b", "c", "d")]
    yield case_of("dictionary replaced", replaced)
    yield case_of("dictionary grown, sent again whole", growing)
    yield case_of("dictionary grown by deltas", growing, options=deltas)
    yield case_of("dictionary grown by a delta, then replaced", [*growing, *replaced], options=deltas)


def schemas() -> Iterator[Case]:
    fields = [pa.field("a", pa.int32(), nullable=False, metadata={"unit": "m", "note": "å"}),
              pa.field("a", pa.string(), metadata={b"\x00raw": b"\xff\xfe"}),
              pa.field("", pa.list_(pa.field("item", pa.int8(), nullable=False, metadata={"of": "list"})))]
    schema = pa.schema(fields, metadata={"pandas": "{}", "empty": "", "källa": "mätning"})
    batch = pa.record_batch([pa.array([1, 2], pa.int32()), pa.array(["x", None]), pa.array([[1], []], fields[2].type)],
                            schema=schema)
    yield Case("schema and field metadata, equal names", schema, [(batch, None)])
    wide = pa.record_batch([pa.array([i]) for i in range(1_000)], names=[f"c{i}" for i in range(1_000)])
    yield Case("a thousand columns", wide.schema, [(wide, None)])
    none = pa.record_batch({"gone": pa.array(range(9))}).select([])
    yield Case("no columns, but rows", none.schema, [(none, None), (none.slice(0, 4), None)])
    yield Case("no columns, no batches", pa.schema([]), [])
    yield Case("no batches", schema, [])
    yield Case("one batch of no rows", schema, [(batch.slice(0, 0), None)])
    empty = batch.slice(0, 0)
    yield Case("empty batches between", schema, [(b, None) for b in (empty, batch, empty, empty, batch, empty)])


def app_metadata() -> Iterator[Case]:
    batch = pa.record_batch({"n": pa.array(range(10))})
    each = [(batch.slice(i), f"batch {i}".encode()) for i in range(5)]
    yield Case("app_metadata on each batch", batch.schema, each)
    yield Case("app_metadata on every other batch", batch.schema, [(b, m if i % 2 else None) for i, (b, m) in enumerate(each)])
    yield Case("app_metadata by itself", batch.schema, [(None, b"before"), (batch, None), (None, b"\x00\xff"), (batch, b"with")])
    yield Case("app_metadata of a megabyte", batch.schema, [(batch, b"m" * (1 << 20))])


def compression(r: random.Random) -> Iterator[Case]:
    compressible = pa.array([i // 50 for i in range(5_000)])
    noise = column(pa.binary(16), ROWS, r)
    words = column(pa.string(), ROWS, r)
    for codec in ("lz4", "zstd"):
        options = pa.ipc.IpcWriteOptions(compression=codec)
        yield case_of(f"{codec}, compressible", [compressible, compressible.slice(0, 0)], options=options)
        yield case_of(f"{codec}, noise", [noise, noise.slice(90)], options=options)
        yield case_of(f"{codec}, strings with nulls", [words, pa.nulls(3, pa.string())], options=options)
        yield case_of(f"{codec}, dictionary", [encoded(pa.int32(), words, r)] * 2, options=options)
        yield case_of(f"{codec}, string_view", [column(pa.string_view(), ROWS, r)], options=options)
    yield case_of("metadata version 4", [compressible],
                  options=pa.ipc.IpcWriteOptions(metadata_version=pa.ipc.MetadataVersion.V4))


def cases() -> Iterator[Case]:
    r = random.Random(SEED)
    yield from plain_and_nested(r)
    yield from zones()
    yield from unions(r)
    yield from run_ends(r)
    yield from extensions(r)
    yield from dictionaries(r)
    yield from changing_dictionaries()
    yield from schemas()
    yield from app_metadata()
    yield from compression(r)


# -- there and back -------------------------------------------------------------------------------

def put(client: fl.FlightClient, descriptor: fl.FlightDescriptor, case: Case) -> None:
    options = fl.FlightCallOptions(write_options=case.options)
    writer, _ = client.do_put(descriptor, case.schema, options)
    with writer:
        for batch, metadata in case.chunks:
            if batch is None:
                writer.write_metadata(metadata)
            elif metadata is None:
                writer.write_batch(batch)
            else:
                writer.write_with_metadata(batch, metadata)


def chunks_of(reader: fl.FlightStreamReader) -> Iterator[tuple[pa.RecordBatch | None, bytes | None]]:
    while True:
        try:
            chunk = reader.read_chunk()
        except StopIteration:
            return
        yield chunk.data, chunk.app_metadata.to_pybytes() if chunk.app_metadata is not None else None


def descriptor_of(case: Case, folder: str = "types") -> fl.FlightDescriptor:
    return fl.FlightDescriptor.for_path(folder, case.name.replace("/", "."))


def there_and_back(client: fl.FlightClient, case: Case) -> None:
    descriptor = descriptor_of(case)
    put(client, descriptor, case)
    info = client.get_flight_info(descriptor)
    same_schema(info.schema, case.schema, "get_flight_info")
    same_schema(client.get_schema(descriptor).schema, case.schema, "get_schema")
    rows = sum(b.num_rows for b, _ in case.chunks if b is not None)
    check(info.total_records == rows, f"{rows} rows were put, get_flight_info says {info.total_records}")
    check(len(info.endpoints) == 1, f"one endpoint, not {len(info.endpoints)}")
    same_chunks(client.do_get(info.endpoints[0].ticket), case.schema, case.chunks)
    list(client.do_action(fl.Action("drop_table", b"/".join(descriptor.path))))


def copy_is_equal(client: fl.FlightClient, case: Case) -> None:
    """The other client knows no app_metadata, and so nothing of a message that is that alone."""
    info = client.get_flight_info(descriptor_of(case, "copies"))
    batches = [(batch, None) for batch, _ in case.chunks if batch is not None]
    same_chunks(client.do_get(info.endpoints[0].ticket), case.schema, batches)


def same_chunks(reader: fl.FlightStreamReader, schema: pa.Schema,
                chunks: list[tuple[pa.RecordBatch | None, bytes | None]]) -> None:
    """What `reader` reads is `chunks`, message by message."""
    same_schema(reader.schema, schema, "do_get")
    got = list(chunks_of(reader))
    check(len(got) == len(chunks), f"{len(chunks)} messages were put, {len(got)} came back")
    for i, ((batch, metadata), (expected, sent)) in enumerate(zip(got, chunks)):
        check(metadata == sent, f"message {i}: app_metadata {sent!r} came back {metadata!r}")
        check((batch is None) == (expected is None), f"message {i}: batch {expected} came back {batch}")
        if expected is not None:
            same_batch(batch, expected, f"batch {i}")


STEPS = {
    "all": there_and_back,
    "put": lambda client, case: put(client, descriptor_of(case), case),
    "copies": copy_is_equal,
}


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    p.add_argument("--only", default="")
    p.add_argument("--step", choices=STEPS, default="all")
    p.add_argument("--skip", action="append", default=[],
                   help="what the server is known not to do: a pyarrow server cannot send app_metadata by itself")
    args = p.parse_args()
    client = connect(args.url)
    pa.register_extension_type(Coordinates())
    chosen = [c for c in cases() if args.only in c.name and c.name not in args.skip]
    steps = [(case.name, lambda case=case: STEPS[args.step](client, case)) for case in chosen]
    run("arrow_types", steps, f" (seed {SEED})")


if __name__ == "__main__":
    main()
