package dev.hangar.query.result;

import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.sql.PartSource;
import dev.hangar.store.Batch;
import dev.hangar.store.Durability;
import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Parts on disk that statements read again and again: copied into memory behind them, beside the
 * answers to statements, in the same memory and as long. A message's checksum is taken once, when
 * it is copied, and not for every statement: from there no disk can change it. Thread-safe.
 */
public final class KeptParts implements PartSource, AutoCloseable {
  private final KeptRows kept;
  private final BodyMemory memory;
  private final Map<Object, Use> uses = Collections.synchronizedMap(new WeakHashMap<>());
  private final AtomicLong keys = new AtomicLong();
  private final ExecutorService copying =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(Limits.WAITING_PARTS),
          Thread.ofPlatform().daemon().name("hangar-kept-parts").factory());
  private volatile boolean isClosed;

  /**
   * @param kept where parts are kept; gives up those read longest ago when memory is short
   * @param memory for them
   * @param memoryBytes what all of it may take
   */
  public KeptParts(TableStore kept, BodyMemory memory, long memoryBytes) {
    this.kept = new KeptRows(kept, memoryBytes);
    this.memory = memory;
  }

  @Override
  public OpenPart open(TableVersion version, TablePart part) {
    boolean isOnDisk = version.summary().durability() == Durability.DISK;
    if (!isOnDisk || part.bytes() == 0 || part.bytes() > kept.bytesMax()) {
      return part.open();
    }
    Use use = uses.computeIfAbsent(part.identity(), _ -> new Use("part-" + keys.getAndIncrement()));
    Optional<OpenPart> copy = copy(use);
    if (copy.isPresent()) {
      return copy.get();
    }
    OpenPart opened = part.open();
    if (use.isDue()) {
      copyLater(use, version.schema(), opened.retain());
    }
    return opened;
  }

  private Optional<OpenPart> copy(Use use) {
    return kept.open(use.key)
        .map(version -> {
          try (version) {
            return version.parts().getFirst().open();
          }
        });
  }

  private void copyLater(Use use, ByteBuffer schema, OpenPart part) {
    try {
      copying.execute(() -> copy(use, schema, part));
    } catch (RejectedExecutionException othersWait) {
      use.end();
      part.close();
    }
  }

  /** Where there is no room, or the part is damaged, nothing is kept; its readers are told. */
  private void copy(Use use, ByteBuffer schema, OpenPart part) {
    try (part;
        TableWriter writer = kept.write(use.key, schema)) {
      for (Batch batch : part.batches()) {
        Batch copy = isClosed ? null : copied(batch);
        if (copy == null) {
          return;
        }
        writer.append(copy);
      }
      writer.commit();
    } catch (RuntimeException unreadable) {
      // and it will be for who reads it
    } finally {
      use.end();
    }
  }

  /** A message in memory of its own: the body first, which has to be aligned. */
  private @Nullable Batch copied(Batch batch) {
    ByteBuffer metadata = batch.metadata();
    ByteBuffer app = batch.appMetadata();
    long bytes = batch.bodyBytes() + remaining(metadata) + remaining(app);
    BodyMemory.Room room =
        bytes > Integer.MAX_VALUE ? null : memory.allocate(Math.toIntExact(bytes));
    if (room == null) {
      return null;
    }
    ByteBuffer free = room.bytes().duplicate();
    ByteBuffer body = put(batch.body(), free);
    return new Batch(
        metadata == null ? null : put(metadata, free),
        app == null ? null : put(app, free),
        body,
        room.giveBack());
  }

  private static long remaining(@Nullable ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.remaining();
  }

  /** Copies bytes to the beginning of what is free, and returns where they are. */
  private static ByteBuffer put(ByteBuffer bytes, ByteBuffer free) {
    ByteBuffer place = free.slice(free.position(), bytes.remaining());
    free.put(bytes);
    return place;
  }

  /** Stops copying. */
  @Override
  public void close() {
    isClosed = true;
    copying.close();
  }

  /** How often a part was read from the disk. */
  private static final class Use {
    private final String key;
    private long reads;
    private long copiedAt = 1;
    private boolean isBeingCopied;

    private Use(String key) {
      this.key = key;
    }

    /** Whether it is read for the second time, or as often again as before the last copy. */
    private synchronized boolean isDue() {
      reads++;
      boolean isDue = !isBeingCopied && reads >= 2 * copiedAt;
      if (isDue) {
        copiedAt = reads;
        isBeingCopied = true;
      }
      return isDue;
    }

    private synchronized void end() {
      isBeingCopied = false;
    }
  }
}
