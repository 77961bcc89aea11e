package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchSource.Loan;
import dev.hangar.query.cdata.ColumnBounds;
import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** The messages of a version, part by part. Its lease stays the caller's. */
final class VersionSource extends TableSource {
  private final SqlTable.Stored table;
  private final Iterator<TablePart> parts;
  private final List<ColumnBounds> bounds;
  private final PartStatistics.OfParts statistics;
  private final long rows;
  private @Nullable OpenPart open;
  private PartStatistics known;
  private int batchCount;
  private int nextBatch;
  private boolean areLarge;
  private final AtomicLong batchesSkipped = new AtomicLong();

  /**
   * The messages of a version, but for batches that are known to have no rows within all {@code
   * bounds}.
   */
  VersionSource(
      SqlTable.Stored table, List<ColumnBounds> bounds, PartStatistics.OfParts statistics) {
    this.table = table;
    this.parts = table.version().parts().iterator();
    this.bounds = bounds;
    this.statistics = statistics;
    this.rows = table.rows();
    this.known = new PartStatistics();
  }

  @Override
  @Nullable TableBatch next() {
    while (true) {
      while (nextBatch == batchCount) {
        if (!parts.hasNext()) {
          return null;
        }
        open(parts.next());
      }
      int batch = nextBatch++;
      if (known.mayHold(batch, bounds)) {
        return batch(batch);
      }
      batchesSkipped.incrementAndGet();
    }
  }

  private void open(TablePart part) {
    close();
    OpenPart opened = table.parts().open(table.version(), part);
    open = opened;
    batchCount = opened.batches().size();
    areLarge = part.rows() / Math.max(1, batchCount) > Limits.PIECE_ROWS;
    nextBatch = 0;
    known = statistics.of(part.identity());
  }

  private TableBatch batch(int number) {
    OpenPart part = open;
    if (part == null) {
      throw new IllegalStateException("there is no part open");
    }
    return new StoredBatch(part.retain(), number, known, bounds, areLarge, batchesSkipped);
  }

  /** A batch of a part, which stays as it is, so that one look is enough. */
  private record StoredBatch(
      OpenPart part,
      int number,
      PartStatistics known,
      List<ColumnBounds> bounds,
      boolean isLarge,
      AtomicLong skipped)
      implements TableBatch {
    @Override
    public Loan take() {
      try {
        return new Loan(part.batches().get(number), part::close);
      } catch (RuntimeException e) {
        part.close();
        throw e;
      }
    }

    @Override
    public boolean isKnown(List<Integer> columns) {
      List<Integer> ranged =
          bounds.stream().map(ColumnBounds::column).filter(columns::contains).toList();
      return known.isKnown(number, columns, ranged);
    }

    @Override
    public boolean mayHold(int piece) {
      boolean mayHold = known.mayHold(number, piece, bounds);
      if (!mayHold) {
        skipped.incrementAndGet();
      }
      return mayHold;
    }

    @Override
    public boolean isHeld(int column) {
      return known.isHeld(number, column);
    }

    @Override
    public void held(int column) {
      known.held(number, column);
    }

    @Override
    public void learn(List<FieldVector> vectors, List<Integer> columns) {
      for (ColumnBounds bound : bounds) {
        int at = columns.indexOf(bound.column());
        if (at >= 0) {
          known.learn(number, bound.column(), vectors.get(at));
        }
      }
    }
  }

  @Override
  List<Integer> filtered() {
    return bounds.stream().map(ColumnBounds::column).distinct().toList();
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
