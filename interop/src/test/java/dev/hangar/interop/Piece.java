package dev.hangar.interop;

import dev.hangar.wire.FlightData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Rows that tell whether they are all there: what one put, or one part of an upload, writes.
 *
 * <pre>
 *  id | rows | row | check      four columns of 64-bit numbers; row counts from 0 to rows - 1
 * </pre>
 *
 * <p>What is read is a sequence of such pieces, or torn.
 *
 * @param id no other piece has it
 * @param rows of all its batches; 1 or more
 * @param batchRows rows of each batch but the last
 */
public record Piece(long id, int rows, int batchRows) {
  private static final int COLUMNS = 4;
  private static final int ROW_BYTES = COLUMNS * Long.BYTES;
  private static final Map<Integer, ByteBuffer> HEADERS = new ConcurrentHashMap<>();

  /** The bare IPC schema message of all pieces. */
  public static ByteBuffer schema() {
    var fields =
        Stream.of("id", "rows", "row", "check")
            .map(name -> Field.notNullable(name, new ArrowType.Int(Long.SIZE, true)))
            .toList();
    return MessageSerializer.serializeMetadata(new Schema(fields), IpcOption.DEFAULT);
  }

  /** Bytes of its bodies. */
  public long bytes() {
    return (long) rows * ROW_BYTES;
  }

  /** Its batches; each is made when it is asked for. */
  public Stream<FlightData> batches() {
    return Stream.iterate(0, first -> first < rows, first -> first + batchRows)
        .map(first -> batch(first, Math.min(batchRows, rows - first)));
  }

  private FlightData batch(int first, int count) {
    var body = ByteBuffer.allocateDirect(count * ROW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    var numbers = body.asLongBuffer();
    for (int i = 0; i < count; i++) {
      numbers.put(i, id);
      numbers.put(count + i, rows);
      numbers.put(2 * count + i, first + i);
      numbers.put(3 * count + i, check(id, rows, first + i));
    }
    return FlightData.batch(header(count), null, List.of(body), () -> {});
  }

  private static long check(long id, long rows, long row) {
    long mixed = (id * 0x9E3779B97F4A7C15L ^ rows) * 0xC2B2AE3D27D4EB4FL + row;
    return mixed ^ mixed >>> 29;
  }

  private static ByteBuffer header(int rows) {
    return HEADERS.computeIfAbsent(rows, Piece::newHeader).duplicate();
  }

  private static ByteBuffer newHeader(int rows) {
    try (var allocator = new RootAllocator();
        var column = allocator.buffer((long) rows * Long.BYTES)) {
      column.writerIndex((long) rows * Long.BYTES);
      var nodes = new ArrayList<ArrowFieldNode>();
      var buffers = new ArrayList<ArrowBuf>();
      for (int i = 0; i < COLUMNS; i++) {
        nodes.add(new ArrowFieldNode(rows, 0));
        buffers.add(allocator.getEmpty());
        buffers.add(column);
      }
      try (var batch = new ArrowRecordBatch(rows, nodes, buffers)) {
        return MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT);
      }
    }
  }

  /** Reads batches, and tells which pieces they were; anything else is an error. */
  static final class Reading {
    private final String what;
    private final List<Long> ids = new ArrayList<>();
    private long id;
    private long rows;
    private long next;

    /** Of what, to be named in errors. */
    Reading(String what) {
      this.what = what;
    }

    void add(ByteBuffer body) {
      require(body.remaining() % ROW_BYTES == 0, "a body of " + body.remaining() + " bytes");
      int count = body.remaining() / ROW_BYTES;
      var numbers = body.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
      for (int i = 0; i < count; i++) {
        row(
            numbers.get(i),
            numbers.get(count + i),
            numbers.get(2 * count + i),
            numbers.get(3 * count + i));
      }
    }

    /** The pieces there were, each whole, in their order. */
    List<Long> end() {
      require(next == rows, "the end behind row " + next);
      return ids;
    }

    private void row(long id, long rows, long row, long check) {
      require(check == check(id, rows, row), "a row with a wrong check: " + id + ", row " + row);
      if (next == this.rows) {
        this.id = id;
        this.rows = rows;
        next = 0;
        ids.add(id);
      }
      require(
          id == this.id && rows == this.rows && row == next,
          "row %d of %d of piece %d".formatted(row, rows, id));
      next++;
    }

    private void require(boolean holds, String found) {
      if (!holds) {
        throw new AssertionError(
            "%s is torn: in piece %d of %d rows, at row %d, there is %s; before: %s"
                .formatted(what, id, rows, next, found, ids));
      }
    }
  }
}
