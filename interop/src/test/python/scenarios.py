"""What the scenarios' client and server on Arrow C++ share."""
import pyarrow as pa

USER = b"arrow"
PASSWORD = b"flight"
HEADER = "x-middleware"
REUSE = "arrow-flight-reuse-connection://?"
EXPIRATION = "expiration_time:"
ECHO = b"echo"
ECHOES = 4
INT32 = pa.schema([pa.field("number", pa.int32())])
UINT32 = pa.schema([pa.field("number", pa.uint32(), nullable=False)])
ECHOED = pa.schema([pa.field("x", pa.int32(), nullable=False)])
ALIGNED = pa.schema({"int32": pa.int32(), "int64": pa.int64(), "bool": pa.bool_()})


# pyarrow knows the messages of Flight's actions not at all. They have one field each, which is written here.

def field(number: int, value: int | bytes) -> bytes:
    """A protobuf field of a whole number, or of the bytes of a message."""
    if isinstance(value, int):
        return bytes([number << 3]) + varint(value)
    return bytes([number << 3 | 2]) + varint(len(value)) + value


def read_field(number: int, message: bytes) -> bytes:
    """The bytes of the message's first field, which is a message too."""
    if message[:1] != bytes([number << 3 | 2]):
        raise ValueError(f"the first field is not message {number}: {message!r}")
    length, shift, at = 0, 0, 1
    while True:
        length |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if message[at - 1] < 0x80:
            return message[at:at + length]


def varint(value: int) -> bytes:
    groups = []
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])
