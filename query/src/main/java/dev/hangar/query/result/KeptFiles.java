package dev.hangar.query.result;

import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.dataset.Dataset;
import dev.hangar.query.dataset.DatasetMessages;
import dev.hangar.query.dataset.DatasetRange;
import dev.hangar.query.sql.Digest;
import dev.hangar.query.sql.RecentlyUsed;
import dev.hangar.store.Batch;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of files that somebody asks for again: decoded then once more, and kept beside the
 * answers to statements, in the same memory and as long. What is asked for once leaves no trace
 * there. Thread-safe.
 *
 * <p>A file that changes is another one, so that what was kept of it is not found any more.
 */
public final class KeptFiles {
  private final KeptRows kept;
  private final BodyMemory memory;
  private final RecentlyUsed<String, Boolean> askedFor = new RecentlyUsed<>(Limits.ASKED_FILES);
  private final Set<String> beingKept = ConcurrentHashMap.newKeySet();

  /**
   * @param kept where rows are kept; gives up those read longest ago when memory is short
   * @param memory for them
   * @param memoryBytes what all of it may take
   */
  public KeptFiles(TableStore kept, BodyMemory memory, long memoryBytes) {
    this.kept = new KeptRows(kept, memoryBytes);
    this.memory = memory;
  }

  /** Rows that are there already, as a version of a hidden table; the caller's to close. */
  public Optional<TableVersion> kept(Dataset dataset, DatasetRange range) {
    return isDecoded(dataset) ? kept.open(key(dataset, range)) : Optional.empty();
  }

  /** The messages of a dataset, read now, and kept if it is not the first time. */
  public DatasetMessages read(Dataset dataset, DatasetRange range) {
    DatasetMessages messages = dataset.read(range);
    if (!isDecoded(dataset) || (range.isAll() && dataset.bytes() > kept.bytesMax())) {
      return messages;
    }
    String key = key(dataset, range);
    boolean isAskedAgain = askedFor.get(key) != null;
    askedFor.put(key, true);
    if (!isAskedAgain || !beingKept.add(key)) {
      return messages;
    }
    try {
      return new Keeping(messages, key);
    } catch (RuntimeException e) {
      messages.close();
      beingKept.remove(key);
      throw e;
    }
  }

  /** Arrow's own formats are sent as they lie. */
  private static boolean isDecoded(Dataset dataset) {
    return dataset.scan().isPresent();
  }

  private static String key(Dataset dataset, DatasetRange range) {
    return Digest.of(dataset.name() + "\n" + range + "\n" + dataset.fingerprint());
  }

  /** Messages that are copied as they are taken. For one thread. */
  private final class Keeping implements DatasetMessages {
    private final DatasetMessages messages;
    private final String key;
    private @Nullable TableWriter writer;

    Keeping(DatasetMessages messages, String key) {
      this.messages = messages;
      this.key = key;
      this.writer = kept.write(key, messages.schema());
    }

    @Override
    public ByteBuffer schema() {
      return messages.schema();
    }

    @Override
    public @Nullable Message next() {
      Message next = messages.next();
      if (next == null) {
        commit();
      } else if (!isCopied(next)) {
        giveUp();
      }
      return next;
    }

    private void commit() {
      if (writer != null) {
        writer.commit();
        writer = null;
      }
    }

    /** Adds a message to what is kept; false where there is no room. */
    private boolean isCopied(Message message) {
      if (writer == null) {
        return true;
      }
      BodyMemory.Room room =
          writer.bytes() + message.bodyBytes() > kept.bytesMax()
              ? null
              : memory.allocate(Math.toIntExact(message.bodyBytes()));
      if (room == null) {
        return false;
      }
      ByteBuffer body = room.bytes().duplicate();
      message.body().forEach(piece -> body.put(piece.duplicate()));
      writer.append(new Batch(message.metadata(), null, room.bytes(), room.giveBack()));
      return true;
    }

    private void giveUp() {
      if (writer != null) {
        writer.close();
        writer = null;
      }
    }

    @Override
    public void close() {
      try {
        messages.close();
      } finally {
        giveUp();
        beingKept.remove(key);
      }
    }
  }
}
