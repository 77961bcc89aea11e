package dev.hangar.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** The batches of a reader, gathered to parts. For one thread. */
final class PartReader implements AutoCloseable {
  private final ArrowReader reader;
  private final BufferAllocator allocator;
  private final BatchMemory memory;
  private final long partBytes;
  private final BatchMessages messages;
  private boolean isLoaded;
  private int next;

  /**
   * The parts of what {@code reader} reads, which stays the caller's.
   *
   * @param partBytes at which a part ends
   */
  PartReader(ArrowReader reader, BufferAllocator allocator, BatchMemory memory, long partBytes)
      throws IOException {
    this.reader = reader;
    this.allocator = allocator;
    this.memory = memory;
    this.partBytes = partBytes;
    this.messages = new BatchMessages(reader.getVectorSchemaRoot(), reader, Limits.BODY_BYTES);
    this.isLoaded = reader.loadNextBatch();
  }

  ByteBuffer schema() {
    return messages.schema();
  }

  /** The next part, which is the caller's; without batches where there are none. */
  HeldPart next() throws IOException {
    var part = new HeldPart(next++, allocator, memory);
    try {
      messages.forget();
      while (isLoaded && part.bytes() < partBytes) {
        messages.write(part::add);
        isLoaded = reader.loadNextBatch();
      }
      return part;
    } catch (IOException | RuntimeException | Error e) {
      part.close();
      throw e;
    }
  }

  /** Whether there is no part behind those that were read. */
  boolean isAtEnd() {
    return !isLoaded;
  }

  @Override
  public void close() {
    messages.close();
  }
}
