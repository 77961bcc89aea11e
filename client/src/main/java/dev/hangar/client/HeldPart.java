package dev.hangar.client;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowMessage;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Adjacent batches of a table, held in memory until the server has them all: they may be sent as
 * often as it takes. Begins with every dictionary its rows need. Filled by one thread, then sent by
 * another.
 */
final class HeldPart implements AutoCloseable {
  /** One of its messages; a dictionary's has no rows. */
  private record Held(ArrowMessage message, ArrowRecordBatch batch) {
    private int rows() {
      return message instanceof ArrowRecordBatch ? batch.getLength() : 0;
    }
  }

  private final int number;
  private final BufferAllocator allocator;
  private final BatchMemory memory;
  private final List<Held> messages = new ArrayList<>();
  private long bytes;

  /**
   * An empty part.
   *
   * @param number its place among the others
   * @param memory whether what it is given has to be copied
   */
  HeldPart(int number, BufferAllocator allocator, BatchMemory memory) {
    this.number = number;
    this.allocator = allocator;
    this.memory = memory;
  }

  int number() {
    return number;
  }

  /** Bytes of the bodies it holds. */
  long bytes() {
    return bytes;
  }

  /** Takes a message, and {@code batch} over. */
  void add(ArrowMessage message, ArrowRecordBatch batch) {
    try (batch) {
      var own = own(batch);
      messages.add(
          new Held(
              message instanceof ArrowDictionaryBatch dictionary
                  ? new ArrowDictionaryBatch(dictionary.getDictionaryId(), own, false)
                  : own,
              own));
      bytes += own.computeBodyLength();
    }
  }

  /** Sends all of it; nothing waits to be sent any more when {@code stream} is closed. */
  void sendTo(PutStream stream, Watcher watcher) {
    for (var held : messages) {
      long before = stream.bytes();
      stream.send(held.message, held.batch, () -> {});
      watcher.sent(held.rows(), stream.bytes() - before);
    }
  }

  /** Gives the memory back; of a part that nobody sends. */
  @Override
  public void close() {
    messages.forEach(held -> held.batch.close());
    messages.clear();
  }

  /**
   * The batch with buffers of its own: views at least, since a vector that is loaded again changes
   * how much of its buffers counts.
   */
  private ArrowRecordBatch own(ArrowRecordBatch batch) {
    if (memory == BatchMemory.FRESH) {
      return of(batch, batch.getBuffers().stream().map(ArrowBuf::slice).toList());
    }
    var copies = new ArrayList<ArrowBuf>();
    try {
      batch.getBuffers().forEach(buffer -> copies.add(copy(buffer)));
      return of(batch, copies);
    } finally {
      copies.forEach(ArrowBuf::close);
    }
  }

  /** Holds {@code buffers} itself. */
  private static ArrowRecordBatch of(ArrowRecordBatch batch, List<ArrowBuf> buffers) {
    return new ArrowRecordBatch(
        batch.getLength(),
        batch.getNodes(),
        buffers,
        batch.getBodyCompression(),
        batch.getVariadicBufferCounts(),
        true);
  }

  private ArrowBuf copy(ArrowBuf buffer) {
    long length = buffer.readableBytes();
    var copy = allocator.buffer(length);
    copy.setBytes(0, buffer, buffer.readerIndex(), length);
    copy.writerIndex(length);
    return copy;
  }

  /** Who is told of each message. */
  interface Watcher {
    void sent(long rows, long bytes);
  }
}
