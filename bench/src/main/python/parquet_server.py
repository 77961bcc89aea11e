"""A Flight server on Arrow C++ that streams the Parquet files of a folder, as the streaming one of the Arrow Cookbook does.

    parquet_server.py DIR
"""
import pathlib
import sys

import pyarrow.flight as fl
import pyarrow.parquet as pq


class Folder(fl.FlightServerBase):
    """Tickets are the files' names; batches go out as they are read."""

    def __init__(self, folder: pathlib.Path):
        super().__init__("grpc://127.0.0.1:0")
        self.folder = folder

    def do_get(self, context, ticket):
        file = pq.ParquetFile(self.folder / ticket.ticket.decode())
        return fl.GeneratorStream(file.schema_arrow, file.iter_batches())


if __name__ == "__main__":
    server = Folder(pathlib.Path(sys.argv[1]))
    print(f"ready at grpc://127.0.0.1:{server.port}", flush=True)
    server.serve()
