package dev.hangar.query.cdata;

import dev.hangar.query.arrow.BatchSource.Loan;
import dev.hangar.query.arrow.FieldShape;
import dev.hangar.store.Batch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * Hands some columns of batches to C as they lie, without making vectors of them; or a copy of the
 * rows that count, where those are few. The messages have been checked, as a store's are.
 * Thread-safe.
 */
public final class BatchArrays {
  /** One row in so many is worth a copy: more of them DuckDB filters faster. */
  private static final int FEW = 4;

  /** Rows of a batch that are looked through: their numbers are kept meanwhile. */
  private static final long ROWS_MAX = 1 << 20;

  /** Bytes of a copy. */
  private static final long COPY_BYTES_MAX = 8 << 20;

  /** Batches that are handed over whole behind one that had too many rows. */
  private static final int PAUSE = 15;

  private final List<FieldShape> fields;
  private final List<Integer> columns;
  private final List<ColumnBounds> bounds;
  private final boolean haveDictionaries;
  private final boolean areFlat;
  private final BufferAllocator allocator;
  private final Queue<SelectedRows> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pause = new AtomicInteger();

  /**
   * @param fields of the batches, as messages have them
   * @param columns the numbers of those wanted, which ascend
   * @param bounds of rows that count
   */
  public BatchArrays(
      List<Field> fields,
      List<Integer> columns,
      List<ColumnBounds> bounds,
      BufferAllocator allocator) {
    this.fields = fields.stream().map(FieldShape::of).toList();
    this.columns = List.copyOf(columns);
    this.allocator = allocator;
    List<FieldShape> wanted = columns.stream().map(this.fields::get).toList();
    this.haveDictionaries = wanted.stream().anyMatch(FieldShape::hasDictionary);
    this.areFlat = wanted.stream().allMatch(RowTake::canBe);
    this.bounds =
        areFlat
            ? bounds.stream()
                .filter(bound -> SelectedRows.canTest(wanted.get(bound.column()).type()))
                .toList()
            : List.of();
  }

  /**
   * Makes a {@code struct ArrowArray} of a batch, whose release gives the loan back.
   *
   * @return null if it has dictionaries or is compressed, or is a message without rows: then the
   *     loan is still the caller's
   */
  public @Nullable ExportedArray export(Loan loan) {
    RecordBatch batch = lying(loan.batch());
    return batch == null ? null : export(loan, batch, 0, batch.length());
  }

  /**
   * The same of some of its rows, if {@link #canSlice}.
   *
   * @param from a multiple of 8
   */
  public ExportedArray export(Loan loan, long from, long count) {
    return export(loan, Objects.requireNonNull(lying(loan.batch())), from, count);
  }

  /** Whether some rows of a batch can be handed over without the others. */
  public boolean canSlice(Batch batch) {
    return areFlat && lying(batch) != null;
  }

  /** A batch whose columns lie in it as they are; null for others. */
  private @Nullable RecordBatch lying(Batch batch) {
    RecordBatch header = haveDictionaries ? null : header(batch);
    return header == null || header.compression() != null ? null : header;
  }

  private ExportedArray export(Loan loan, RecordBatch batch, long from, long count) {
    try {
      MemorySegment body = MemorySegment.ofBuffer(loan.batch().body());
      List<ColumnBuffers> lying = ColumnBuffers.of(batch, body, fields, columns);
      return export(
          count,
          count == batch.length()
              ? lying
              : lying.stream().map(column -> column.slice(from, count)).toList(),
          loan);
    } catch (RuntimeException | Error e) {
      loan.giveBack().run();
      throw e;
    }
  }

  private ExportedArray export(long length, List<ColumnBuffers> lying, Loan loan) {
    boolean isWhole = bounds.isEmpty() || length > ROWS_MAX;
    if (isWhole || pause.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return array(length, lying, loan.giveBack());
    }
    SelectedRows idling = idle.poll();
    SelectedRows rows = idling == null ? new SelectedRows() : idling;
    rows.select(bounds, lying);
    ExportedArray array = export(length, lying, rows, loan);
    idle.add(rows);
    return array;
  }

  private ExportedArray export(
      long length, List<ColumnBuffers> lying, SelectedRows rows, Loan loan) {
    if (rows.count() > length / FEW) {
      pause.set(PAUSE);
      return array(length, lying, loan.giveBack());
    }
    if (rows.count() == 0) {
      loan.giveBack().run();
      return ExportedArray.EMPTY;
    }
    long bytes = RowTake.bytes(rows, lying);
    return bytes > COPY_BYTES_MAX
        ? array(length, lying, loan.giveBack())
        : copy(lying, rows, bytes, loan);
  }

  private ExportedArray copy(List<ColumnBuffers> lying, SelectedRows rows, long bytes, Loan loan) {
    ArrowBuf memory = allocator.buffer(bytes);
    try {
      var take = new RowTake(rows, memory);
      List<ColumnBuffers> taken = lying.stream().map(take::of).toList();
      return array(
          rows.count(),
          taken,
          () -> {
            memory.close();
            loan.giveBack().run(); // where views still lead
          });
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private ExportedArray array(long length, List<ColumnBuffers> lying, Runnable giveBack) {
    return new ExportedArray(ArrayStructs.of(length, lying, giveBack, allocator));
  }

  private static @Nullable RecordBatch header(Batch batch) {
    ByteBuffer metadata = batch.metadata();
    if (metadata == null) {
      return null;
    }
    Message message = Message.getRootAsMessage(metadata);
    return message.headerType() == MessageHeader.RecordBatch
        ? (RecordBatch) message.header(new RecordBatch())
        : null;
  }
}
