"""What the scripts here share: a client that waits, a deadline, steps, and comparisons that say what differs."""
import faulthandler
import traceback
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.flight as fl

DEADLINE_SECONDS = 300
AVAILABLE_SECONDS = 20


def connect(url: str) -> fl.FlightClient:
    """A client of a server that is up; the whole script ends, with a stack trace, at the deadline."""
    faulthandler.dump_traceback_later(DEADLINE_SECONDS, exit=True)
    client = fl.connect(url)
    client.wait_for_available(timeout=AVAILABLE_SECONDS)
    return client


def check(holds: bool, message: str) -> None:
    """Like assert, but kept under python -O."""
    if not holds:
        raise AssertionError(message)


def same_schema(got: pa.Schema, put: pa.Schema, where: str) -> None:
    """Schemas are equal with all metadata, that of nested fields too."""
    check(got.equals(put, check_metadata=True),
          f"{where}: the schema came back different\nput: {put}\ngot: {got}")
    # To Arrow, metadata that is empty and none are the same.
    check((got.metadata or None) == (put.metadata or None),
          f"{where}: schema metadata {put.metadata} came back {got.metadata}")


def same_batch(got: pa.RecordBatch, put: pa.RecordBatch, where: str) -> None:
    """Batches are equal value by value, null by null, and the received one is sound inside."""
    got.validate(full=True)
    same_schema(got.schema, put.schema, where)
    check(got.num_rows == put.num_rows, f"{where}: {put.num_rows} rows were put, {got.num_rows} came back")
    for name, mine, theirs in zip(put.schema.names, put.columns, got.columns):
        check(mine.null_count == theirs.null_count,
              f"{where}: column {name} had {mine.null_count} nulls, came back with {theirs.null_count}")
        check(mine.equals(theirs), f"{where}: column {name} differs\nput: {mine}\ngot: {theirs}")


def same_table(got: pa.Table, put: pa.Table, where: str) -> None:
    """Tables are equal whatever their chunks are."""
    same_schema(got.schema, put.schema, where)
    check(got.num_rows == put.num_rows, f"{where}: {put.num_rows} rows were put, {got.num_rows} came back")
    check(got.equals(put, check_metadata=True), f"{where}: the values differ")


def refused(kind: type, call, *names: str) -> str:
    """The message of the error `call` must fail with, which must hold every one of `names`."""
    try:
        call()
    except kind as e:
        message = str(e)
        for name in names:
            check(name in message, f"the message does not say {name!r}: {message}")
        return message
    raise AssertionError(f"{kind.__name__} was expected, nothing was raised")


def run(title: str, steps: Iterable[tuple[str, Callable[[], object]]], note: str = "") -> None:
    """Tries all steps, and ends the script with the names of those that failed."""
    passed, failed = 0, []
    for name, step in steps:
        try:
            step()
        except Exception:
            failed.append(name)
            print(f"FAILED {name}\n{traceback.format_exc()}")
        else:
            passed += 1
            print(f"ok {name}")
    print(f"{title}: {passed} passed, {len(failed)} failed{note}")
    if failed:
        raise SystemExit("failed: " + ", ".join(failed))
