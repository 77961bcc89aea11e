package dev.hangar.client;

import java.util.HashMap;
import java.util.Map;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * The dictionaries as they were last sent, kept so that one is sent again only when it has changed.
 *
 * <p>A dictionary is unchanged if it lies in the same buffers: what is kept here holds them, so no
 * other can take their place.
 */
final class SentDictionaries implements AutoCloseable {
  private final Map<Long, ArrowRecordBatch> sent = new HashMap<>();

  /** Notes that {@code values} are now those of {@code id}, takes them over; true if they were. */
  boolean isUnchanged(long id, ArrowRecordBatch values) {
    var before = sent.put(id, values);
    if (before == null) {
      return false;
    }
    try (before) {
      return isSame(before, values);
    }
  }

  @Override
  public void close() {
    sent.values().forEach(ArrowRecordBatch::close);
  }

  private static boolean isSame(ArrowRecordBatch before, ArrowRecordBatch now) {
    if (before.getLength() != now.getLength()
        || before.getBuffers().size() != now.getBuffers().size()) {
      return false;
    }
    for (int i = 0; i < now.getBuffers().size(); i++) {
      var old = before.getBuffers().get(i);
      var buffer = now.getBuffers().get(i);
      if (old.memoryAddress() != buffer.memoryAddress()
          || old.readableBytes() != buffer.readableBytes()) {
        return false;
      }
    }
    return true;
  }
}
