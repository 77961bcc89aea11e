package dev.hangar.query.dataset;

import dev.hangar.query.file.FileFormat;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an Arrow file or stream, as they lie one behind the other (Arrow columnar format,
 * "Encapsulated message format" and "IPC File Format"). One thread at a time.
 *
 * <pre>
 *  file:    | ARROW1 00 00 | message … | end | footer …
 *  message: | FF FF FF FF | length | metadata, padded to 8 | body |   before 0.15 without FF…
 *  end:     | FF FF FF FF | 0 |, or the end of the file
 * </pre>
 */
final class ArrowFrames implements AutoCloseable {
  private static final int MAGIC_BYTES = 8;
  private static final int CONTINUATION = -1;

  /** With more messages than this, counting their rows would take too long. */
  private static final int MOST_MESSAGES = 20_000;

  /** A message's metadata, and where its body lies. */
  record Frame(ByteBuffer metadata, long bodyAt, long bodyBytes) {}

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer schema;
  private long at;

  /** Opens a file. */
  ArrowFrames(Path file, FileFormat format) throws IOException {
    this.channel = FileChannel.open(file);
    try {
      this.size = channel.size();
      this.at = format == FileFormat.ARROW_FILE ? MAGIC_BYTES : 0;
      Frame first = next();
      if (first == null) {
        throw new IOException("it has no schema");
      }
      this.schema = first.metadata();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The schema, as a bare message. */
  ByteBuffer schema() {
    return schema.duplicate();
  }

  /** The next message; null behind the last. */
  @Nullable Frame next() throws IOException {
    int length = at + Integer.BYTES > size ? 0 : number(at);
    int prefix = Integer.BYTES;
    if (length == CONTINUATION) {
      length = number(at + Integer.BYTES);
      prefix += Integer.BYTES;
    }
    if (length == 0) {
      return null;
    }
    if (length < 0 || length > dev.hangar.store.Limits.METADATA_BYTES) {
      throw new IOException("the message at %d has metadata of %d bytes".formatted(at, length));
    }
    ByteBuffer metadata = ByteBuffer.allocate(length);
    read(metadata, at + prefix);
    long bodyAt = at + prefix + length;
    long bodyBytes = bodyBytes(metadata);
    if (bodyBytes < 0 || bodyBytes > size - bodyAt) {
      throw new EOFException(
          "the message at %d has a body of %d bytes, and the file ends after %d"
              .formatted(at, bodyBytes, size - bodyAt));
    }
    at = bodyAt + bodyBytes;
    return new Frame(metadata, bodyAt, bodyBytes);
  }

  private long bodyBytes(ByteBuffer metadata) throws IOException {
    try {
      return message(metadata).bodyLength();
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("the metadata of the message at " + at + " is damaged", e);
    }
  }

  private static Message message(ByteBuffer metadata) {
    return Message.getRootAsMessage(metadata.duplicate().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Rows and bytes of all that is left; -1 rows where there are too many messages to look at. */
  long[] sizes() throws IOException {
    long rows = 0;
    long bytes = 0;
    int messages = 0;
    for (Frame frame; (frame = next()) != null; ) {
      if (++messages > MOST_MESSAGES) {
        return new long[] {-1, size};
      }
      bytes += frame.bodyBytes();
      rows += rows(frame);
    }
    return new long[] {rows, bytes};
  }

  private static long rows(Frame frame) throws IOException {
    try {
      Message message = message(frame.metadata());
      boolean isRows = message.headerType() == MessageHeader.RecordBatch;
      return isRows && message.header(new RecordBatch()) instanceof RecordBatch batch
          ? batch.length()
          : 0;
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("the metadata of a batch before " + frame.bodyAt() + " is damaged", e);
    }
  }

  /** Reads from a place in the file until a buffer is full, and makes it ready to be read. */
  void read(ByteBuffer into, long from) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into, from + into.position()) < 0) {
        throw new EOFException("the file ends in the middle of what begins at " + from);
      }
    }
    into.flip();
  }

  private int number(long from) throws IOException {
    ByteBuffer four = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    read(four, from);
    return four.getInt();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
