package dev.hangar.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/** The table of {@link Scenario#ALIGNMENT}: three rows of columns of different widths. */
final class Aligned {
  static final int ROWS = 3;

  private Aligned() {}

  static byte[] stream() {
    var stream = new ByteArrayOutputStream();
    try (var allocator = new RootAllocator();
        var int32 = new IntVector("int32", allocator);
        var int64 = new BigIntVector("int64", allocator);
        var bool = new BitVector("bool", allocator);
        var root = VectorSchemaRoot.of(int32, int64, bool);
        var writer = new ArrowStreamWriter(root, null, stream)) {
      fill(int32, int64, bool);
      root.setRowCount(ROWS);
      writer.writeBatch();
      writer.end();
      return stream.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fill(IntVector int32, BigIntVector int64, BitVector bool) {
    for (var row = 0; row < ROWS; row++) {
      int32.setSafe(row, row);
      int64.setSafe(row, row);
      bool.setSafe(row, row % 2);
    }
    for (var column : List.of(int32, int64, bool)) {
      column.setValueCount(ROWS);
    }
  }
}
