#!/usr/bin/env python3
"""A table of one row, got again and again from two servers in turn: p50 on one connection, calls a second on many.

    one_row.py --a grpc://127.0.0.1:8815 --b grpc://127.0.0.1:8816
"""
import argparse
import multiprocessing
import statistics
import time

import pyarrow as pa
import pyarrow.flight as fl

NAME = b"one_row"
CALLS_IN_A_BLOCK = 200
SECONDS_IN_A_BLOCK = 2.0
WARMUP_ROUNDS = 20  # until a JVM has compiled what it runs
CALLS_WARMUP_ROUNDS = 2


def put(client: fl.FlightClient) -> None:
    table = pa.table({"n": [1]})
    writer, _ = client.do_put(fl.FlightDescriptor.for_command(NAME), table.schema)
    writer.write_table(table)
    writer.close()


def get(client: fl.FlightClient) -> None:
    rows = client.do_get(fl.Ticket(NAME)).read_all().num_rows
    if rows != 1:
        raise SystemExit(f"{rows} rows came back, 1 was put")


def latencies(client: fl.FlightClient) -> list[float]:
    seconds = []
    for _ in range(CALLS_IN_A_BLOCK):
        start = time.perf_counter()
        get(client)
        seconds.append(time.perf_counter() - start)
    return seconds


def work(pipe, urls: dict[str, str]) -> None:
    """One connection to each server; answers each side's name with the calls made in a block of time."""
    clients = {side: fl.connect(url) for side, url in urls.items()}
    while (side := pipe.recv()) is not None:
        calls, end = 0, time.perf_counter() + SECONDS_IN_A_BLOCK
        while time.perf_counter() < end:
            get(clients[side])
            calls += 1
        pipe.send(calls)


def on_one_connection(urls: dict[str, str], rounds: int) -> None:
    clients = {side: fl.connect(url) for side, url in urls.items()}
    for client in clients.values():
        put(client)
    seen = {side: [] for side in urls}
    for i in range(WARMUP_ROUNDS + rounds):
        for side, client in clients.items():
            p50 = statistics.median(latencies(client))
            if i >= WARMUP_ROUNDS:
                seen[side].append(p50 * 1e6)
    a, b = seen["a"], seen["b"]
    ratio = statistics.median(x / y for x, y in zip(a, b))
    print(f"latency: A {statistics.median(a):.0f} us  B {statistics.median(b):.0f} us  A/B {ratio:.2f}", flush=True)


def on_many_connections(urls: dict[str, str], rounds: int, connections: int) -> None:
    context = multiprocessing.get_context("spawn")
    pipes, workers = [], []
    for _ in range(connections):
        mine, theirs = context.Pipe()
        pipes.append(mine)
        workers.append(context.Process(target=work, args=(theirs, urls), daemon=True))
        workers[-1].start()
    seen = {side: [] for side in urls}
    for i in range(CALLS_WARMUP_ROUNDS + rounds):
        for side in urls:
            for pipe in pipes:
                pipe.send(side)
            calls = sum(pipe.recv() for pipe in pipes)
            if i >= CALLS_WARMUP_ROUNDS:
                seen[side].append(calls / SECONDS_IN_A_BLOCK)
    for pipe, worker in zip(pipes, workers):
        pipe.send(None)
        worker.join()
    a, b = seen["a"], seen["b"]
    ratio = statistics.median(x / y for x, y in zip(a, b))
    print(f"calls: A {statistics.median(a):.0f} /s  B {statistics.median(b):.0f} /s  A/B {ratio:.2f}", flush=True)


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("--a", required=True)
    p.add_argument("--b", required=True)
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--connections", type=int, default=16)
    args = p.parse_args()
    urls = {"a": args.a, "b": args.b}
    on_one_connection(urls, args.rounds)
    on_many_connections(urls, args.rounds, args.connections)


if __name__ == "__main__":
    main()
