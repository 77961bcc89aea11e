#!/usr/bin/env python3
"""What pyarrow sees of Flight's less common parts: errors in full, log-ins of both kinds, echoes, flights that end.

    protocol.py grpc://127.0.0.1:8815 open
    protocol.py grpc://127.0.0.1:8815 users ann password
"""
import sys

import pyarrow as pa
import pyarrow.flight as fl

from checks import check, connect, refused

BATCH = pa.record_batch({"x": pa.array([1, 2, 3])})
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACED = fl.FlightCallOptions(headers=[(b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())])


def put(client: fl.FlightClient, name: str, options=None) -> None:
    writer, _ = client.do_put(fl.FlightDescriptor.for_path(name), BATCH.schema, options)
    with writer:
        writer.write_batch(BATCH)


def failure(kind: type, call) -> Exception:
    """The error of exactly this kind that `call` must fail with."""
    try:
        call()
    except Exception as e:
        check(type(e) is kind, f"{kind.__name__} was expected, {type(e).__name__} came: {e}")
        return e
    raise AssertionError(f"{kind.__name__} was expected, nothing was raised")


def detailed(kind: type, call, *words: str) -> None:
    """`call` must fail so, and its extra_info must hold our detail with these words in it."""
    info = failure(kind, call).extra_info
    for word in ("type.googleapis.com/hangar.ErrorDetail", *words):
        check(word.encode() in info, f"extra_info does not hold {word!r}: {info!r}")
    check(len(info) < 4096, f"{len(info)} bytes of extra_info")


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def field_1(message: bytes) -> bytes:
    """A protobuf message whose field 1 is that message."""
    return b"\x0a" + varint(len(message)) + message


def errors(client: fl.FlightClient) -> None:
    """Each failure is of the kind that pyarrow has for it, whether it has room for details or not."""
    put(client, "protocol/errors")
    missing = fl.FlightDescriptor.for_path("protocol", "error")
    message = refused(pa.ArrowKeyError, lambda: client.get_flight_info(missing), "protocol/errors")
    failure(pa.ArrowKeyError, lambda: client.get_flight_info(missing))
    failure(pa.ArrowInvalid, lambda: client.get_flight_info(fl.FlightDescriptor.for_path("a", "")))
    failure(pa.ArrowNotImplementedError, lambda: list(client.do_action("no_such_action")))
    long = fl.FlightDescriptor.for_command("ö" * 100_000)
    failure(pa.ArrowInvalid, lambda: client.get_flight_info(long))
    print("errors:", message)


def flights(client: fl.FlightClient) -> None:
    """Endpoints expire, are renewed, and a cancelled flight is over and says so in full."""
    put(client, "protocol/flights")
    info = client.get_flight_info(fl.FlightDescriptor.for_path("protocol", "flights"))
    endpoint = info.endpoints[0]
    check(endpoint.expiration_time is not None, "the endpoint does not expire")
    check(info.ordered, "the endpoints are not said to be in order")
    for _ in range(2):
        check(client.do_get(endpoint.ticket).read_all().num_rows == 3, "rows are missing")
    renew = fl.Action("RenewFlightEndpoint", field_1(endpoint.serialize()))
    renewed = fl.FlightEndpoint.deserialize(list(client.do_action(renew))[0].body.to_pybytes())
    check(renewed.expiration_time.as_py() > endpoint.expiration_time.as_py(), "renewed for no longer")
    cancel = fl.Action("CancelFlightInfo", field_1(info.serialize()))
    status = list(client.do_action(cancel))[0].body.to_pybytes()
    check(status == b"\x08\x01", f"not cancelled: {status!r}")
    detailed(fl.FlightCancelledError, lambda: client.do_get(endpoint.ticket, TRACED).read_all(),
             "FLIGHT_CANCELLED", "protocol/flights", TRACE)


def echo(client: fl.FlightClient) -> None:
    """Every message comes back before the next is sent; what was not there stays away."""
    writer, reader = client.do_exchange(fl.FlightDescriptor.for_command("echo"))
    with writer:
        writer.write_metadata(b"before the schema")
        check(reader.read_chunk().app_metadata == b"before the schema", "metadata alone")
        writer.begin(BATCH.schema)
        for number in range(4):
            if number % 2 == 0:
                writer.write_with_metadata(BATCH, str(number).encode())
            else:
                writer.write_batch(BATCH)
            chunk = reader.read_chunk()
            check(chunk.data.equals(BATCH), f"batch {number} came back different")
            expected = str(number).encode() if number % 2 == 0 else None
            got = None if chunk.app_metadata is None else chunk.app_metadata.to_pybytes()
            check(got == expected, f"batch {number}: metadata {got!r}")
        writer.write_metadata(b"alone")
        check(reader.read_chunk().app_metadata == b"alone", "metadata behind batches")
        writer.done_writing()
        try:
            reader.read_chunk()
            raise AssertionError("more came back than was sent")
        except StopIteration:
            pass

    def other() -> None:
        writer, reader = client.do_exchange(fl.FlightDescriptor.for_command("transform"))
        with writer:
            reader.read_chunk()

    refused(pa.ArrowNotImplementedError, other, "'echo'")


class OldLogin(fl.ClientAuthHandler):
    """Flight's older log-in: name and password in the handshake, a token with each call."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self.login = fl.BasicAuth(user, password)
        self.token = b""

    def authenticate(self, outgoing, incoming) -> None:
        outgoing.write(self.login.serialize())
        self.token = incoming.read()

    def get_token(self) -> bytes:
        return self.token


def logins(url: str, user: str, password: str) -> None:
    """Both kinds of log-in give a token that serves."""
    client = fl.connect(url)
    header, value = client.authenticate_basic_token(user, password)
    check(header == b"authorization" and value.startswith(b"Bearer "), f"a token as {header!r}")
    put(client, "protocol/users", fl.FlightCallOptions(headers=[(header, value)]))
    old = fl.connect(url)
    old.authenticate(OldLogin(user, password))
    check(old.list_actions() != [], "no actions")
    check(any(flight.descriptor.path == [b"protocol/users"] for flight in old.list_flights()), "no table")


def users(url: str, user: str, password: str) -> None:
    """A server with users answers nobody else, and says what to do."""
    nobody = fl.connect(url)
    detailed(fl.FlightUnauthenticatedError, lambda: list(nobody.list_flights(options=TRACED)),
             "CREDENTIALS_MISSING", "log in", TRACE)
    detailed(fl.FlightUnauthenticatedError, lambda: put(nobody, "protocol/nobody"), "CREDENTIALS_MISSING")
    detailed(fl.FlightUnauthenticatedError, lambda: nobody.authenticate_basic_token(user, password + "x"),
             "CREDENTIALS_WRONG")
    # Arrow C++ does not look at the trailers of this call.
    failure(fl.FlightUnauthenticatedError, lambda: fl.connect(url).authenticate(OldLogin(user, "")))
    header, value = nobody.authenticate_basic_token(user, password)
    middle = len(value) // 2
    altered = value[:middle] + (b"A" if value[middle:middle + 1] != b"A" else b"B") + value[middle + 1:]
    options = fl.FlightCallOptions(headers=[(header, altered)])
    detailed(fl.FlightUnauthenticatedError, lambda: nobody.list_actions(options), "TOKEN_INVALID")
    logins(url, user, password)


def main(url: str, kind: str, *login: str) -> None:
    if kind == "users":
        users(url, *login)
    else:
        client = connect(url)
        errors(client)
        flights(client)
        echo(client)
        logins(url, "anybody", "anything")
    print(f"{kind} passed")


if __name__ == "__main__":
    main(*sys.argv[1:])
