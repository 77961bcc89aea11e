package dev.hangar.query.dataset;

import dev.hangar.query.dataset.ArrowFrames.Frame;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.check.BatchCheck;
import dev.hangar.store.check.SchemaCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an Arrow file as they stand in it, each checked as one from a stranger is. They
 * are read and not mapped: whoever cuts a mapped file short would end the server.
 */
final class ArrowMessages implements DatasetMessages {
  private static final int ALIGNMENT_BYTES = 8;

  private final Dataset dataset;
  private final DatasetMetadata metadata;
  private final BufferAllocator allocator;
  private final Charges charges;
  private final ArrowFrames frames;
  private final BatchCheck check;
  private long rows;

  ArrowMessages(
      Dataset dataset, DatasetMetadata metadata, BufferAllocator allocator, Charges charges) {
    this.dataset = dataset;
    this.metadata = metadata;
    this.allocator = allocator;
    this.charges = charges;
    try {
      this.check = new BatchCheck(SchemaCheck.layout(metadata.message().duplicate()));
      this.frames = new ArrowFrames(dataset.files().getFirst(), metadata.format());
    } catch (IOException | InvalidDataException e) {
      throw failed(e);
    }
  }

  @Override
  public ByteBuffer schema() {
    return metadata.message().duplicate();
  }

  @Override
  public @Nullable Message next() {
    try {
      Frame frame = frames.next();
      if (frame == null) {
        requireCurrent();
        return null;
      }
      return message(frame);
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  private Message message(Frame frame) throws IOException {
    if (frame.bodyBytes() > Limits.MESSAGE_BYTES) {
      throw new IOException(
          "a batch of %d bytes is too long for a message; write smaller ones"
              .formatted(frame.bodyBytes()));
    }
    ArrowBuf buffer = allocator.buffer(frame.bodyBytes());
    try {
      charges.requireRoom();
      ByteBuffer body = buffer.nioBuffer(0, (int) frame.bodyBytes());
      frames.read(body, frame.bodyAt());
      long added = check.check(frame.metadata().duplicate(), body);
      requireCurrent();
      rows += added;
      return new Message(
          frame.metadata(),
          padded(body),
          added,
          body.remaining(),
          isDictionary(frame),
          buffer::close);
    } catch (IOException | RuntimeException e) {
      buffer.close();
      throw e;
    }
  }

  private void requireCurrent() {
    if (!dataset.isCurrent()) {
      throw DatasetFailures.changed(dataset.name(), "while it was read", null);
    }
  }

  private static List<ByteBuffer> padded(ByteBuffer body) {
    List<ByteBuffer> pieces = new ArrayList<>(2);
    pieces.add(body);
    int over = body.remaining() % ALIGNMENT_BYTES;
    if (over > 0) {
      pieces.add(ByteBuffer.allocate(ALIGNMENT_BYTES - over));
    }
    return pieces;
  }

  private static boolean isDictionary(Frame frame) {
    var message = org.apache.arrow.flatbuf.Message.getRootAsMessage(frame.metadata().duplicate());
    return message.headerType() == MessageHeader.DictionaryBatch;
  }

  private DatasetException failed(Throwable cause) {
    String where = rows == 0 ? "" : " (behind row " + rows + ")";
    return DatasetFailures.reading(dataset, metadata.format(), where, cause);
  }

  @Override
  public void close() {
    try {
      frames.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
