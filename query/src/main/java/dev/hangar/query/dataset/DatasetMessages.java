package dev.hangar.query.dataset;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a dataset's rows, made as they are read; closing ends the reading. One thread at
 * a time.
 */
public interface DatasetMessages extends AutoCloseable {
  /**
   * One message. Whoever has it runs {@code release} once, on any thread, also after all is closed.
   *
   * @param metadata a bare IPC message
   * @param body pieces that lie one behind the other, each padded to 8 bytes
   * @param rows that it adds; 0 where it is a dictionary
   */
  record Message(
      ByteBuffer metadata,
      List<ByteBuffer> body,
      long rows,
      long bodyBytes,
      boolean isDictionary,
      Runnable release) {}

  /** The schema, as a bare IPC message. */
  ByteBuffer schema();

  /**
   * The next message; null behind the last.
   *
   * @throws DatasetException it can't be read on, or has changed
   */
  @Nullable Message next();

  @Override
  void close();
}
