package dev.hangar.query.dataset;

import dev.hangar.query.arrow.RowMessages;
import dev.hangar.query.dataset.DatasetRange.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a query's rows, made one ahead of who takes them. DuckDB works on platform
 * threads: a virtual one would keep its carrier from all other calls meanwhile.
 */
final class QueryMessages implements DatasetMessages {
  /** Files looked at again with each batch; of more, the next so many each time, and all last. */
  private static final int FILES_A_BATCH = 16;

  private final Dataset dataset;
  private final DatasetMetadata metadata;
  private final DatasetRange range;
  private final ArrowReader reader;
  private final RowMessages messages;
  private final ExecutorService threads;
  private final Runnable endTurn;
  private @Nullable Future<@Nullable Message> ahead;
  private long rows;
  private int looked;
  private boolean closed;

  /** Takes ownership of {@code reader}; {@code endTurn} runs when all is closed. */
  QueryMessages(
      Dataset dataset,
      DatasetMetadata metadata,
      DatasetRange range,
      ArrowReader reader,
      ExecutorService threads,
      Runnable endTurn)
      throws IOException {
    this.dataset = dataset;
    this.metadata = metadata;
    this.range = range;
    this.reader = reader;
    this.messages = new RowMessages(reader, Limits.BODY_BYTES);
    this.threads = threads;
    this.endTurn = endTurn;
    this.ahead = threads.submit(this::made);
  }

  @Override
  public ByteBuffer schema() {
    return metadata.message().duplicate();
  }

  @Override
  public @Nullable Message next() {
    Future<@Nullable Message> current = ahead;
    if (current == null) {
      return null;
    }
    ahead = null;
    Message message = await(current);
    if (message != null) {
      rows += message.rows();
      ahead = threads.submit(this::made);
    }
    return message;
  }

  /** On a thread of its own, one at a time. */
  private @Nullable Message made() throws IOException {
    RowMessages.Rows made = messages.next();
    if (made == null) {
      requireSame(dataset.stamps());
      return null;
    }
    try {
      requireSame(someFiles());
      return new Message(
          made.metadata(), made.body(), made.rows(), made.bodyBytes(), false, made.release());
    } catch (RuntimeException e) {
      made.release().run();
      throw e;
    }
  }

  /** What was read before a change was seen is sent; what might be of both is not. */
  private void requireSame(List<FileStamp> files) {
    if (!files.stream().allMatch(FileStamp::isCurrent)) {
      throw DatasetFailures.changed(dataset.name(), "while it was read", null);
    }
  }

  private List<FileStamp> someFiles() {
    List<FileStamp> all = dataset.stamps();
    int from = looked % all.size();
    int to = Math.min(all.size(), from + FILES_A_BATCH);
    looked = to;
    return all.subList(from, to);
  }

  private @Nullable Message await(Future<@Nullable Message> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true; // what is made has to be taken, or it would never be released
        } catch (ExecutionException e) {
          throw failed(e.getCause() == null ? e : e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private DatasetException failed(Throwable cause) {
    return DatasetFailures.reading(dataset, metadata.format(), where(), cause);
  }

  /** Which row group it was, where there is one: rows come in order, so it is the next one's. */
  private String where() {
    List<Piece> pieces = metadata.pieces();
    if (dataset.isPartitioned() || pieces.isEmpty()) {
      return rows == 0 ? "" : " (behind row " + rows + ")";
    }
    long row = range.from() + rows;
    int group = 0;
    while (group < pieces.size() - 1 && pieces.get(group).end() <= row) {
      group++;
    }
    return " (behind row %d, in row group %d of %d)".formatted(row, group, pieces.size());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Future<@Nullable Message> current = ahead;
    ahead = null;
    Message unused = current == null ? null : unused(current);
    if (unused != null) {
      unused.release().run();
    }
    messages.close();
    try (AutoCloseable _ = endTurn::run) {
      reader.close();
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private @Nullable Message unused(Future<@Nullable Message> current) {
    try {
      return await(current);
    } catch (DatasetException nobodyWantsItAnyMore) {
      return null;
    }
  }
}
