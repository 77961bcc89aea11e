package dev.hangar.client;

import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.PutCall;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * One table on its way to a server as its batches are loaded: the schema, then batches with the
 * dictionaries they need, out of the vectors' own memory. For one thread.
 */
final class Upload implements AutoCloseable {
  private final PutStream stream;
  private final VectorSchemaRoot root;
  private final BatchMessages messages;
  private long rows;

  /**
   * Takes over {@code call}; the others stay the caller's.
   *
   * @param maxBodyBytes at which batches are split; {@link Limits#BODY_BYTES} but in tests
   */
  Upload(
      PutCall call,
      VectorSchemaRoot root,
      DictionaryProvider dictionaries,
      BufferAllocator allocator,
      long maxBodyBytes) {
    this.stream = new PutStream(call, allocator);
    this.root = root;
    this.messages = new BatchMessages(root, dictionaries, maxBodyBytes);
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return stream.bytes();
  }

  /** Sends what comes before the batches. */
  void begin(FlightDescriptor descriptor) {
    stream.begin(descriptor, messages.schema());
  }

  /** Sends the rows that the vectors hold now. */
  void sendBatch() {
    messages.write((message, batch) -> stream.send(message, batch, batch::close));
    rows += root.getRowCount();
  }

  /** Waits until the vectors may be changed in place: nothing of them waits to be sent. */
  void awaitSent() {
    stream.awaitSent();
  }

  /** Says that this was all, and waits for the server to say that it has it. */
  void end() {
    stream.end();
  }

  /** The version it became, once it has ended; 0 where the server does not say. */
  long version() {
    return stream.version();
  }

  /** Cancels the upload if it has not ended; when it returns, no buffer is held any more. */
  @Override
  public void close() {
    stream.close();
    messages.close();
  }
}
