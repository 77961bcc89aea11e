package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import java.nio.ByteBuffer;

/** IPC metadata of a schema. */
public final class SchemaFuzz {
  private SchemaFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      SchemaCheck.layout(ByteBuffer.wrap(input));
    } catch (InvalidDataException refused) {
      // as documented
    }
  }
}
