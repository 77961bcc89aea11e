package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import java.nio.ByteBuffer;

/**
 * A schema, and IPC metadata of a batch under it: {@code | body bytes / 8 | schema bytes, 2 |
 * schema … | batch …}.
 */
public final class BatchFuzz {
  static final int PREFIX_BYTES = 3;

  private BatchFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < PREFIX_BYTES) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(input);
    int bodyBytes = 8 * (bytes.get() & 0xff);
    int schemaBytes = Math.min(bytes.getShort() & 0xffff, bytes.remaining());
    try {
      SchemaLayout layout = SchemaCheck.layout(bytes.slice(PREFIX_BYTES, schemaBytes));
      int at = PREFIX_BYTES + schemaBytes;
      new BatchCheck(layout).check(bytes.slice(at, input.length - at), bodyBytes);
    } catch (InvalidDataException refused) {
      // as documented
    }
  }
}
