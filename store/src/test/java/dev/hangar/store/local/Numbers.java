package dev.hangar.store.local;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.Batch;
import dev.hangar.store.TableName;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.Types;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.check.Header;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Tables of one column of numbers, each batch four times the same. */
final class Numbers {
  static final ByteBuffer SCHEMA = ArrowStream.schema(Types.int32("n"));
  static final int ROWS = 4;
  static final int BODY_BYTES = 16;

  private static final ByteBuffer HEADER =
      new Header(ROWS)
          .node(ROWS, 0)
          .buffer(0, 0)
          .buffer(0, BODY_BYTES)
          .body(BODY_BYTES)
          .recordBatch();

  private final Ledger ledger = new Ledger();

  /** Batches somebody still holds. */
  int held() {
    return ledger.held();
  }

  TableSummary put(TableStore store, String name, WriteOptions options, int... values) {
    try (var writer = store.write(TableName.parse(name), new byte[0], SCHEMA, options)) {
      return write(writer, values);
    }
  }

  TableSummary put(TableStore store, String name, int... values) {
    return put(store, name, WriteOptions.DEFAULT, values);
  }

  TableSummary part(TableStore store, String upload, int number, int... values) {
    try (var writer = store.writePart(upload, number, SCHEMA)) {
      return write(writer, values);
    }
  }

  Batch batch(int value) {
    var body = ByteBuffer.allocate(BODY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < ROWS; row++) {
      body.putInt(value);
    }
    return ledger.batch(HEADER.duplicate(), null, body.flip());
  }

  static List<Integer> values(TableStore store, String name) {
    try (var version = store.open(TableName.parse(name))) {
      return values(version);
    }
  }

  static List<Integer> values(TableStore store, String name, long number) {
    try (var version = store.open(TableName.parse(name), number)) {
      return values(version);
    }
  }

  static List<Integer> values(TableVersion version) {
    return version.parts().stream().flatMap(part -> values(part).stream()).toList();
  }

  private static List<Integer> values(TablePart part) {
    try (var open = part.open()) {
      return open.batches().stream().map(batch -> batch.body().getInt(0)).toList();
    }
  }

  private TableSummary write(TableWriter writer, int... values) {
    for (int value : values) {
      writer.append(batch(value));
    }
    return writer.commit();
  }
}
