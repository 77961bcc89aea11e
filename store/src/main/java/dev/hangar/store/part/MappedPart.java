package dev.hangar.store.part;

import dev.hangar.store.Batch;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.file.MappedFile;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A part's file in memory, whose frame and index are what was stored; each message is checked when
 * it is asked for. Thread-safe.
 */
final class MappedPart implements AutoCloseable {
  private final MappedFile bytes;
  private final PartLabel label;
  private final PartIndex index;

  private MappedPart(MappedFile bytes, PartLabel label, PartIndex index) {
    this.bytes = bytes;
    this.label = label;
    this.index = index;
  }

  /**
   * A part's file that has been held against the catalog. Takes ownership of {@code bytes}.
   *
   * @throws dev.hangar.store.DamagedPartException if it is not what was stored
   */
  static MappedPart of(MappedFile bytes, PartLabel label, Rows.PartFile stored) {
    try {
      return new MappedPart(bytes, label, new PartFrame(bytes, label, stored).index());
    } catch (InternalError e) {
      bytes.close();
      throw label.damaged(bytes.size(), "its end cannot be read", e);
    } catch (RuntimeException | Error e) {
      bytes.close();
      throw e;
    }
  }

  /** The schema's bare IPC message; a view. */
  ByteBuffer schema() {
    try {
      var schema = bytes.slice(PartFormat.SCHEMA_OFFSET, index.schemaBytes());
      requireChecksum("schema", PartFormat.SCHEMA_OFFSET, index.schemaChecksum(), schema);
      return schema;
    } catch (InternalError e) {
      throw unreadable("schema", PartFormat.SCHEMA_OFFSET, e);
    }
  }

  /** Its messages; views. */
  List<Batch> messages() {
    return new Messages();
  }

  /**
   * Reads what stands between what is handed out, which other readers of the file look at.
   *
   * @throws dev.hangar.store.DamagedPartException if it is not as it was written
   */
  void checkGaps() {
    new PartGaps(bytes, label, index).check();
  }

  private final class Messages extends AbstractList<Batch> implements RandomAccess {
    @Override
    public Batch get(int number) {
      return message(Objects.checkIndex(number, size()));
    }

    @Override
    public int size() {
      return index.entries();
    }
  }

  private Batch message(int number) {
    var entry = index.entry(number);
    try {
      return message(number, entry);
    } catch (InternalError e) {
      throw unreadable("message " + number, entry.metadataOffset(), e);
    }
  }

  private Batch message(int number, PartIndex.Entry entry) {
    var metadata = slice(entry.metadataOffset(), entry.metadataBytes());
    var app = slice(entry.appOffset(), entry.appBytes());
    var body = bytes.slice(entry.bodyOffset(), entry.bodyBytes());
    requireChecksum(
        "message " + number, entry.metadataOffset(), entry.checksum(), metadata, body, app);
    return new Batch(metadata, app, body, () -> {}).withRows(entry.rows());
  }

  private @Nullable ByteBuffer slice(long offset, int length) {
    return length == PartIndex.ABSENT ? null : bytes.slice(offset, length);
  }

  private void requireChecksum(
      String what, long offset, int stored, @Nullable ByteBuffer... found) {
    int checksum = Checksum.ofMapped(found);
    if (checksum != stored) {
      throw label.damaged(
          offset,
          "%s at byte %d has the checksum %08x, stored was %08x"
              .formatted(what, offset, checksum, stored));
    }
  }

  private RuntimeException unreadable(String what, long offset, InternalError cause) {
    return label.damaged(offset, "%s at byte %d cannot be read".formatted(what, offset), cause);
  }

  @Override
  public void close() {
    bytes.close();
  }
}
