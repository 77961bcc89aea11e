package dev.hangar.query.sql;

import dev.hangar.store.Batch;
import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableVersion;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** The messages of a version, part by part. Its lease stays the caller's. */
final class VersionSource extends TableSource {
  private final Iterator<TablePart> parts;
  private final List<ColumnFilter> filters;
  private final PartStatistics.OfParts statistics;
  private final long rows;
  private @Nullable OpenPart open;
  private PartStatistics known;
  private List<Batch> batches = List.of();
  private int nextBatch;
  private final AtomicLong batchesSkipped = new AtomicLong();

  /**
   * The messages of a version, but for batches that are known to have no rows that fulfil all
   * {@code filters}.
   */
  VersionSource(
      TableVersion version, List<ColumnFilter> filters, PartStatistics.OfParts statistics) {
    this.parts = version.parts().iterator();
    this.filters = filters;
    this.statistics = statistics;
    this.rows = version.rows();
    this.known = new PartStatistics();
  }

  @Override
  @Nullable Loan nextLoan() {
    while (true) {
      while (nextBatch == batches.size()) {
        if (!parts.hasNext()) {
          return null;
        }
        open(parts.next());
      }
      if (known.mayHold(nextBatch, filters)) {
        return loan(batches.get(nextBatch++));
      }
      nextBatch++;
      batchesSkipped.incrementAndGet();
    }
  }

  private void open(TablePart part) {
    close();
    OpenPart opened = part.open();
    open = opened;
    batches = opened.batches();
    nextBatch = 0;
    known = statistics.of(part.identity());
  }

  private Loan loan(Batch batch) {
    OpenPart part = open;
    if (part == null) {
      throw new IllegalStateException("there is no part open");
    }
    given(batch.rows());
    return new Loan(batch, part.retain()::close);
  }

  @Override
  void learn(List<FieldVector> vectors, List<Integer> columns) {
    for (ColumnFilter filter : filters) {
      int at = columns.indexOf(filter.column());
      if (at >= 0) {
        known.learn(nextBatch - 1, filter.column(), vectors.get(at));
      }
    }
  }

  /** Parts stay as they are, so that one look is enough. */
  @Override
  boolean isHeld(int column) {
    return known.isHeld(nextBatch - 1, column);
  }

  @Override
  void held(int column) {
    known.held(nextBatch - 1, column);
  }

  @Override
  List<Integer> filtered() {
    return filters.stream().map(ColumnFilter::column).distinct().toList();
  }

  @Override
  long batchesSkipped() {
    return batchesSkipped.get();
  }

  @Override
  long rows() {
    return rows;
  }

  @Override
  public void close() {
    OpenPart part = open;
    if (part != null) {
      open = null;
      part.close();
    }
  }
}
