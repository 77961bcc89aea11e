package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import java.nio.ByteBuffer;

/**
 * A schema, and a stream of batches under it: {@code | schema bytes, 2 | schema | metadata bytes, 2
 * | body bytes, 2 | metadata | body | metadata bytes …}. Where the input ends, so does the stream.
 */
public final class BatchFuzz {
  private BatchFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    ByteBuffer bytes = ByteBuffer.wrap(input);
    try {
      var check = new BatchCheck(SchemaCheck.layout(part(bytes, length(bytes))));
      while (bytes.remaining() > 2 * Short.BYTES) {
        int metadataBytes = length(bytes);
        int bodyBytes = length(bytes);
        ByteBuffer metadata = part(bytes, metadataBytes);
        check.check(metadata, part(bytes, bodyBytes));
      }
    } catch (InvalidDataException refused) {
      // as documented
    }
  }

  private static int length(ByteBuffer bytes) {
    return bytes.remaining() < Short.BYTES ? 0 : Short.toUnsignedInt(bytes.getShort());
  }

  private static ByteBuffer part(ByteBuffer bytes, int length) {
    int kept = Math.min(length, bytes.remaining());
    ByteBuffer part = bytes.slice(bytes.position(), kept);
    bytes.position(bytes.position() + kept);
    return part;
  }
}
