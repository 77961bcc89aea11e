package dev.hangar.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FolderDuckDbTest {
  private static final long MEMORY_BYTES = 64 << 20;

  /** What DuckDB makes an internal error of, where it takes it for text. */
  private static final byte[] NO_UTF8 = {(byte) 0xff, (byte) 0xfe, 'x', (byte) 0xe2};

  @TempDir private Path folder;
  private final RootAllocator allocator = new RootAllocator();
  private FolderDuckDb databases;
  private List<Path> files;

  @BeforeEach
  void open() throws IOException {
    files = List.of(Files.writeString(folder.resolve("t.csv"), "a\n1\n2\n"));
    databases = new FolderDuckDb(List.of(folder), MEMORY_BYTES, 1, 2);
  }

  @AfterEach
  void close() throws Exception {
    databases.close();
    allocator.close(); // throws if anything was not given back
  }

  @Test
  void aBrokenDatabaseIsReplaced() throws Exception {
    try (DuckDb db = databases.on(files, false)) {
      assertThat(rows(db)).isEqualTo(2);
      assertThatThrownBy(() -> breakIt(db)).hasMessageContaining("INTERNAL");
      assertThatThrownBy(() -> rows(db)).hasMessageContaining("invalidated");
      assertThat(streamed(db)).as("what is read already").isEqualTo(2);
    }
    for (boolean isWide : new boolean[] {false, true}) {
      try (DuckDb db = databases.on(files, isWide)) {
        assertThat(rows(db)).isEqualTo(2);
        assertThat(streamed(db)).isEqualTo(2);
      }
    }
  }

  private long streamed(DuckDb db) throws Exception {
    try (var rows = db.stream("FROM read_csv(" + db.pathLiteral() + ")", 2048, allocator)) {
      assertThat(rows.loadNextBatch()).isTrue();
      return rows.getVectorSchemaRoot().getRowCount();
    }
  }

  private static long rows(DuckDb db) throws Exception {
    return db.count("SELECT count(*) FROM read_csv(" + db.pathLiteral() + ")");
  }

  private void breakIt(DuckDb db) throws Exception {
    try (var reader = new ArrowStreamReader(new ByteArrayInputStream(batches()), allocator);
        var stream = ArrowArrayStream.allocateNew(allocator)) {
      Data.exportArrayStream(allocator, reader, stream);
      db.execute("CREATE TEMP TABLE u AS SELECT upper(x) AS x FROM t", "t", stream);
    }
  }

  private byte[] batches() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var text = new VarCharVector("x", allocator);
        var root = VectorSchemaRoot.of(text);
        var writer = new ArrowStreamWriter(root, null, bytes)) {
      text.setSafe(0, NO_UTF8);
      root.setRowCount(1);
      writer.writeBatch();
      writer.end();
    }
    return bytes.toByteArray();
  }
}
