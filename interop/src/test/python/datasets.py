#!/usr/bin/env python3
"""Files that pyarrow writes into a mounted folder, got through Flight and held against pyarrow's own reading of them.

    datasets.py grpc://127.0.0.1:8815 DIR
"""
import argparse
import datetime
import decimal
import json
import pathlib

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.feather
import pyarrow.flight as fl
import pyarrow.json
import pyarrow.parquet as pq

from checks import check, connect, refused, same_table

ROWS = 100_000


def table(rows: int) -> pa.Table:
    at = datetime.datetime(2024, 2, 29, 12, 30, 15, 123456)
    return pa.table({
        "n": pa.array(range(rows), pa.int64()),
        "tiny": pa.array([None if i % 7 == 0 else i % 100 for i in range(rows)], pa.int8()),
        "unsigned": pa.array([2**63 + i for i in range(rows)], pa.uint64()),
        "x": pa.array([i / 3 for i in range(rows)], pa.float64()),
        "f": pa.array([i / 2 for i in range(rows)], pa.float32()),
        "yes": pa.array([i % 3 == 0 for i in range(rows)], pa.bool_()),
        "text": pa.array([None if i % 11 == 0 else f"text {i} ü" for i in range(rows)], pa.string()),
        "bytes": pa.array([b"\0\xff%d" % i for i in range(rows)], pa.binary()),
        "price": pa.array([decimal.Decimal(i).scaleb(-2) for i in range(rows)], pa.decimal128(12, 2)),
        "day": pa.array([at.date() + datetime.timedelta(days=i % 1000) for i in range(rows)], pa.date32()),
        "at": pa.array([at + datetime.timedelta(seconds=i) for i in range(rows)], pa.timestamp("us")),
        "zoned": pa.array([at + datetime.timedelta(hours=i % 9999) for i in range(rows)],
                          pa.timestamp("us", "Europe/Zurich")),
        "list": pa.array([None if i % 5 == 0 else list(range(i % 4)) for i in range(rows)], pa.list_(pa.int32())),
        "pair": pa.array([{"a": i, "b": str(i)} for i in range(rows)],
                         pa.struct([("a", pa.int32()), ("b", pa.string())])),
    })


def got(client: fl.FlightClient, name: str) -> pa.Table:
    """All endpoints of a flight, in order; the same as its raw name gives."""
    info = client.get_flight_info(fl.FlightDescriptor.for_path(*name.split("/")))
    check(info.ordered, f"{name} has an order")
    whole = pa.concat_tables([client.do_get(e.ticket).read_all() for e in info.endpoints])
    check(info.total_records in (-1, whole.num_rows), f"{name}: {info.total_records} is not {whole.num_rows}")
    check(info.schema.equals(whole.schema, check_metadata=True), f"{name}: {info.schema} is not {whole.schema}")
    same_table(client.do_get(fl.Ticket(name)).read_all(), whole, name)
    whole.validate(full=True)
    return whole


def same_values(client: fl.FlightClient, name: str, expected: pa.Table) -> None:
    mine = got(client, name).select(expected.schema.names)
    cast = mine.replace_schema_metadata(None).cast(expected.schema.remove_metadata())
    check(cast.equals(expected.replace_schema_metadata(None)), f"{name}: the values differ")


def parquet(client: fl.FlightClient, folder: pathlib.Path) -> None:
    data = table(ROWS)
    for codec in ("none", "snappy", "gzip", "zstd", "lz4", "brotli"):
        pq.write_table(data, folder / f"{codec}.parquet", compression=codec, row_group_size=30_000)
        same_table(got(client, f"{codec}.parquet"), data, codec)


def partitioned(client: fl.FlightClient, folder: pathlib.Path) -> None:
    data = table(1_000)
    data = data.append_column("year", pa.array([2020 + i % 3 for i in range(1_000)], pa.int32()))
    data = data.append_column("kind", pa.array(["a b" if i % 2 else "c/d" for i in range(1_000)]))
    pq.write_to_dataset(data, folder / "sales" / "daily", partition_cols=["year", "kind"])
    mine = got(client, "sales/daily")
    check(mine.num_rows == 1_000, f"{mine.num_rows} rows")
    check(set(mine.schema.names) == set(data.schema.names), f"the keys are columns: {mine.schema.names}")
    expected = data.sort_by("n")
    cast = mine.select(data.schema.names).sort_by("n").replace_schema_metadata(None).cast(data.schema)
    check(cast.equals(expected), "the partitions' values differ")


def arrow(client: fl.FlightClient, folder: pathlib.Path) -> None:
    data = table(5_000)
    data = data.append_column("word", data["text"].dictionary_encode())
    for codec in ("uncompressed", "lz4", "zstd"):
        pyarrow.feather.write_feather(data, folder / f"{codec}.arrow", compression=codec, chunksize=1_500)
        same_table(got(client, f"{codec}.arrow"), pyarrow.feather.read_table(folder / f"{codec}.arrow"), codec)
    with pa.ipc.new_stream(folder / "s.arrows", data.schema) as writer:
        writer.write_table(data, max_chunksize=700)
    same_table(got(client, "s.arrows"), pa.ipc.open_stream(folder / "s.arrows").read_all(), "stream")
    info = client.get_flight_info(fl.FlightDescriptor.for_path("s.arrows"))
    check(info.total_records == 5_000, f"a stream's rows are counted, not {info.total_records}")


def text(client: fl.FlightClient, folder: pathlib.Path) -> None:
    data = table(2_000).select(["n", "x", "text", "day"])
    pyarrow.csv.write_csv(data, folder / "t.csv")
    same_values(client, "t.csv", data)
    rows = [f'{{"n": {i}, "s": "w{i}"}}\n' for i in range(2_000)]
    (folder / "t.jsonl").write_text("".join(rows))
    same_values(client, "t.jsonl", pyarrow.json.read_json(folder / "t.jsonl"))


def answer(client: fl.FlightClient, sql: str) -> pa.Table:
    return client.do_get(fl.Ticket(json.dumps({"sql": sql}))).read_all()


def statements(client: fl.FlightClient, folder: pathlib.Path) -> None:
    """SQL reads files of all kinds together, and writes one that pyarrow reads."""
    expected = table(5_000)
    expected = expected.append_column("word", expected["text"])
    for name in ("uncompressed.arrow", "lz4.arrow", "zstd.arrow", "s.arrows"):
        mine = answer(client, f'FROM "{name}"')
        check(mine.cast(expected.schema).equals(expected), f"{name}: SQL reads other values")
    count = answer(client, 'CREATE TABLE "made/joined.parquet" AS SELECT a.n, p.x FROM "s.arrows" a '
                           'JOIN "zstd.parquet" p USING (n) WHERE a.tiny = 8 ORDER BY n')
    made = pq.read_table(folder / "made" / "joined.parquet")
    wanted = expected.filter(pa.compute.equal(expected["tiny"], 8)).select(["n", "x"])
    check(made.cast(wanted.schema).equals(wanted), "the file that SQL made has other rows")
    check(count[0][0].as_py() == made.num_rows, f"{count} is not the number of its rows")


def damaged(client: fl.FlightClient, folder: pathlib.Path) -> None:
    whole = (folder / "snappy.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes(whole[:len(whole) // 2])
    (folder / "cut.arrow").write_bytes((folder / "lz4.arrow").read_bytes()[:100_000])
    names = [b"/".join(i.descriptor.path).decode() for i in client.list_flights()]
    check("cut.parquet" not in names and "snappy.parquet" in names, f"what is whole is listed: {names}")
    check(names.count("sales/daily") == 1 and not [n for n in names if "year=" in n], f"partitions are one: {names}")
    for name in ("cut.parquet", "cut.arrow"):
        refused(pa.ArrowException, lambda n=name: client.do_get(fl.Ticket(n)).read_all(), name)
        refused(pa.ArrowException, lambda n=name: answer(client, f'SELECT max(text) FROM "{n}"'), name)
    got(client, "snappy.parquet")


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("url")
    p.add_argument("folder", type=pathlib.Path)
    args = p.parse_args()
    client = connect(args.url)
    for part in (parquet, partitioned, arrow, text, statements, damaged):
        part(client, args.folder)
        print(f"datasets: {part.__name__} is right")


if __name__ == "__main__":
    main()
