#!/usr/bin/env python3
"""Writes the tables of arrow_types.py as files of Arrow's stream format, for clients of other libraries to put.

    integration_data.py FOLDER

A file is named after its table, in letters and digits. Tables that say something about application metadata alone
have no file: the batches of a file get their numbers.
"""
import re
import sys
from pathlib import Path

import pyarrow as pa

from arrow_types import Case, cases
from checks import check


def stem(case: Case) -> str:
    return re.sub(r"[^0-9a-z]+", "_", case.name.lower()).strip("_")


def write(case: Case, file: Path) -> None:
    check(not file.exists(), f"two tables are named {file.stem}")
    with pa.ipc.new_stream(file, case.schema, options=case.options) as writer:
        for batch, _ in case.chunks:
            writer.write_batch(batch)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    chosen = [c for c in cases() if not any(metadata for _, metadata in c.chunks)]
    for case in chosen:
        write(case, folder / f"{stem(case)}.arrows")
    print(f"{len(chosen)} tables")
