package dev.hangar.wire;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** FlightData that claims what it does not hold, as bytes of a stream: gRPC prefix and message. */
final class HostileMessages {
  private static final int BODY = 1000;

  /** The ways of being wrong. */
  enum Kind {
    CLAIMED_GIBIBYTES,
    CLAIMED_PAST_THE_MESSAGE,
    NEGATIVE_LENGTH,
    GRPC_LENGTH_OF_2_GIB,
    TRUNCATED,
    REPEATED_THEN_TRUNCATED,
    MALFORMED_AFTER_A_BODY,
    GROUPS,
    ENDLESS_VARINT,
    FIELD_ZERO,
    BROKEN_DESCRIPTOR,
    METADATA_PAST_THE_LIMIT
  }

  private final Random random;

  HostileMessages(Random random) {
    this.random = random;
  }

  byte[] next(Kind kind) throws IOException {
    var bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    if (random.nextBoolean()) {
      out.writeByteArray(2, some(200));
    }
    int missing = write(kind, out);
    out.flush();
    byte[] message = bytes.toByteArray();
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(kind == Kind.GRPC_LENGTH_OF_2_GIB ? Integer.MIN_VALUE : message.length + missing)
        .put(message)
        .array();
  }

  /** Writes what is wrong; the bytes that the message claims to have besides. */
  private int write(Kind kind, CodedOutputStream out) throws IOException {
    return switch (kind) {
      case CLAIMED_GIBIBYTES -> {
        int claim = (1 << 30) + random.nextInt(1 << 29);
        claim(out, BODY, claim);
        out.writeRawBytes(some(2_000));
        yield claim;
      }
      case CLAIMED_PAST_THE_MESSAGE -> {
        claim(out, field(), 1_000 + random.nextLong(1L << random.nextInt(10, 62)));
        out.writeRawBytes(some(999));
        yield 0;
      }
      case NEGATIVE_LENGTH -> {
        claim(out, field(), -1 - random.nextInt(1 << 30));
        out.writeRawBytes(some(100));
        yield 0;
      }
      case GRPC_LENGTH_OF_2_GIB -> {
        out.writeByteArray(BODY, some(2_000));
        yield 0;
      }
      case TRUNCATED -> {
        out.writeByteArray(field(), some(2_000));
        yield 1 + random.nextInt(1_000);
      }
      case REPEATED_THEN_TRUNCATED -> {
        for (int i = random.nextInt(2, 20); i > 0; i--) {
          out.writeByteArray(BODY, some(60_000));
        }
        claim(out, BODY, 1 << 20);
        yield 1 << 20;
      }
      case MALFORMED_AFTER_A_BODY -> {
        out.writeByteArray(BODY, some(60_000));
        out.writeUInt32NoTag(random.nextInt(1, 100) << 3 | 6 + random.nextInt(2));
        yield 0;
      }
      case GROUPS -> {
        out.writeByteArray(BODY, some(100));
        out.writeUInt32NoTag(random.nextInt(1, 2_000) << 3 | 3 + random.nextInt(2));
        yield 0;
      }
      case ENDLESS_VARINT -> {
        out.writeByteArray(BODY, some(100));
        out.writeUInt32NoTag(5 << 3);
        out.writeRawBytes(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
        yield 0;
      }
      case FIELD_ZERO -> {
        out.writeByteArray(BODY, some(100));
        out.writeUInt32NoTag(random.nextInt(8));
        out.writeRawBytes(some(10));
        yield 0;
      }
      case BROKEN_DESCRIPTOR -> {
        out.writeByteArray(BODY, some(100));
        out.writeByteArray(1, new byte[] {7, (byte) random.nextInt(), -1});
        yield 0;
      }
      case METADATA_PAST_THE_LIMIT -> {
        int claim = Limits.METADATA_BYTES + 1 + random.nextInt(1 << 20);
        claim(out, 2 + random.nextInt(2), claim);
        out.writeRawBytes(some(2_000));
        yield claim;
      }
    };
  }

  private int field() {
    int[] fields = {1, 2, 3, 77, BODY, BODY};
    return fields[random.nextInt(fields.length)];
  }

  private static void claim(CodedOutputStream out, int field, long length) throws IOException {
    out.writeUInt32NoTag(field << 3 | 2);
    out.writeUInt64NoTag(length);
  }

  private byte[] some(int atMost) {
    byte[] bytes = new byte[1 + random.nextInt(atMost)];
    random.nextBytes(bytes);
    return bytes;
  }
}
