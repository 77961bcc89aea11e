package dev.hangar.query.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.OptionalLong;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.message.ArrowBlock;

/**
 * Counts the rows of an Arrow file by the metadata of its batches.
 *
 * <p>A block begins with FFFFFFFF, the metadata's length, and the metadata, a Message whose header
 * is a RecordBatch (Arrow columnar format, "IPC File Format").
 */
final class ArrowFileRows {
  private static final int PREFIX_BYTES = 8;

  /** With more batches than this, reading each one's metadata would take too long. */
  private static final int MOST_BATCHES = 20_000;

  private static final int MOST_METADATA_BYTES = 16 << 20;

  private ArrowFileRows() {}

  /** The rows of all batches; empty if there are too many to look at. */
  static OptionalLong count(ArrowFileReader reader, FileChannel channel) throws IOException {
    List<ArrowBlock> blocks = reader.getRecordBlocks();
    if (blocks.size() > MOST_BATCHES) {
      return OptionalLong.empty();
    }
    long rows = 0;
    for (ArrowBlock block : blocks) {
      rows += rows(block, channel);
    }
    return OptionalLong.of(rows);
  }

  private static long rows(ArrowBlock block, FileChannel channel) throws IOException {
    int length = block.getMetadataLength();
    if (length < PREFIX_BYTES || length > MOST_METADATA_BYTES) {
      throw new IOException(
          "batch at %d has metadata of %d bytes".formatted(block.getOffset(), length));
    }
    ByteBuffer metadata = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (metadata.hasRemaining()) {
      if (channel.read(metadata, block.getOffset() + metadata.position()) < 0) {
        throw new EOFException("batch at " + block.getOffset() + " is past the end of the file");
      }
    }
    metadata.position(PREFIX_BYTES);
    var batch =
        (RecordBatch)
            Message.getRootAsMessage(metadata.slice().order(ByteOrder.LITTLE_ENDIAN))
                .header(new RecordBatch());
    return batch == null ? 0 : batch.length();
  }
}
