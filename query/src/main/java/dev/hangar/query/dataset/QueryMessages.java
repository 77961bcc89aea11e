package dev.hangar.query.dataset;

import dev.hangar.query.arrow.RowMessages;
import dev.hangar.query.dataset.DatasetRange.Piece;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a query's rows, made ahead of who takes them. DuckDB works on a platform thread:
 * a virtual one would keep its carrier from all other calls meanwhile.
 */
final class QueryMessages implements DatasetMessages {
  /** Files looked at again with each batch; of more, the next so many each time, and all last. */
  private static final int FILES_A_BATCH = 16;

  private final Dataset dataset;
  private final DatasetMetadata metadata;
  private final DatasetRange range;
  private final DamageSearch.Source query;
  private final Charges charges;
  private final MessageBuffer made;
  private final Future<?> maker;
  private long rows;
  private int looked;
  private long madeRows;
  private OptionalInt damaged = OptionalInt.empty();

  /**
   * Begins to read.
   *
   * @param query starts it, of this range or of a part of it; what it gives is closed here
   * @param aheadBytes of messages that wait for who takes them
   * @param charges knows whether there is room for them
   */
  QueryMessages(
      Dataset dataset,
      DatasetMetadata metadata,
      DatasetRange range,
      DamageSearch.Source query,
      ExecutorService threads,
      long aheadBytes,
      Charges charges) {
    this.dataset = dataset;
    this.metadata = metadata;
    this.range = range;
    this.query = query;
    this.charges = charges;
    this.made = new MessageBuffer(aheadBytes);
    this.maker = threads.submit(this::make);
  }

  @Override
  public ByteBuffer schema() {
    return metadata.message().duplicate();
  }

  @Override
  public @Nullable Message next() {
    Message next;
    try {
      next = made.take();
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw failed(e);
    }
    rows += next == null ? 0 : next.rows();
    return next;
  }

  /** On a thread of its own. */
  private void make() {
    Throwable failure = null;
    try (ArrowReader reader = query.open(range)) {
      send(new RowMessages(reader, Limits.BODY_BYTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = e;
    } catch (Throwable e) {
      failure = e;
    }
    try {
      search(failure);
    } finally {
      made.end(failure);
    }
  }

  /** Finds out what is damaged, where it may be one of several row groups. */
  private void search(@Nullable Throwable failure) {
    boolean isOfFile =
        failure != null
            && !(failure instanceof DatasetException || failure instanceof InterruptedException)
            && !DatasetFailures.isOutOfMemory(failure);
    if (isOfFile && !metadata.pieces().isEmpty() && isSame(dataset.stamps())) {
      damaged =
          new DamageSearch(metadata.pieces(), query, made::isClosed)
              .find(range.from() + madeRows, Math.min(range.to(), metadata.rows()));
    }
  }

  private void send(RowMessages messages) throws Exception {
    try {
      for (RowMessages.Rows next; (next = messages.next()) != null; ) {
        var message =
            new Message(
                next.metadata(), next.body(), next.rows(), next.bodyBytes(), false, next.release());
        if (!isPut(message)) {
          break;
        }
        madeRows += message.rows();
      }
      if (!isSame(dataset.stamps())) {
        throw DatasetFailures.changed(dataset.name(), "while it was read", null);
      }
    } finally {
      messages.close();
    }
  }

  /** Whether somebody takes it, and may; who may not gives it back here. */
  private boolean isPut(Message message) throws InterruptedException {
    boolean isPut = false;
    try {
      charges.requireRoom();
      isPut = isSame(someFiles()) && made.put(message);
      return isPut;
    } finally {
      if (!isPut) {
        message.release().run();
      }
    }
  }

  /** What was read before a change was seen is sent; what might be of both is not. */
  private static boolean isSame(List<FileStamp> files) {
    return files.stream().allMatch(FileStamp::isCurrent);
  }

  private List<FileStamp> someFiles() {
    List<FileStamp> all = dataset.stamps();
    int from = looked % all.size();
    int to = Math.min(all.size(), from + FILES_A_BATCH);
    looked = to;
    return all.subList(from, to);
  }

  private DatasetException failed(Throwable cause) {
    return DatasetFailures.reading(dataset, metadata.format(), where(), cause);
  }

  private String where() {
    List<Piece> groups = metadata.pieces();
    if (damaged.isPresent()) {
      DatasetRange its = DamageSearch.rows(groups, damaged.getAsInt());
      return " (in row group %d, counted from 0, of %d: rows %d to %d)"
          .formatted(damaged.getAsInt(), groups.size(), its.from(), its.to() - 1);
    }
    long row = range.from() + rows;
    if (dataset.isPartitioned() || groups.isEmpty()) {
      return " (at or behind row " + row + ")";
    }
    return " (at or behind row %d, which is in row group %d of %d)"
        .formatted(row, DamageSearch.group(groups, row), groups.size());
  }

  /** Ends the query, and waits for that. */
  @Override
  public void close() {
    made.close();
    Threads.await(maker);
  }
}
