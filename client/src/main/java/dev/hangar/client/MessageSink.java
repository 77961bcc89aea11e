package dev.hangar.client;

import org.apache.arrow.vector.ipc.message.ArrowMessage;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/** Where the messages of a table go. */
@FunctionalInterface
interface MessageSink {
  /**
   * Takes one, and {@code batch} over, also when it throws.
   *
   * @param batch what the message holds: it, or the values of a dictionary
   */
  void message(ArrowMessage message, ArrowRecordBatch batch);
}
