package dev.hangar.query.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Batch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchReaderTest {
  private static final ArrowType INT64 = new ArrowType.Int(64, true);
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.nullable("number", INT64),
              Field.nullable("view", new ArrowType.Utf8View()),
              new Field(
                  "list",
                  FieldType.nullable(new ArrowType.List()),
                  List.of(Field.nullable("item", INT64))),
              Field.nullable("text", new ArrowType.Utf8())));

  private final BufferAllocator allocator = new RootAllocator();
  private final AtomicInteger lent = new AtomicInteger();

  @AfterEach
  void everythingIsGivenBack() {
    assertThat(lent).hasValue(0);
    allocator.close();
  }

  @Test
  void everyColumnComesBackAsItWas() throws Exception {
    assertThat(read(List.of(0, 1, 2, 3)))
        .containsExactly(
            "0 | a text that is longer than twelve bytes 0 | [0,0] | t0",
            "null | null | null | null",
            "2 | short | [2,4] | t2");
  }

  @Test
  void someColumnsComeWithoutTheOthers() throws Exception {
    assertThat(read(List.of(3))).containsExactly("t0", "null", "t2");
    assertThat(read(List.of(1, 3)))
        .containsExactly(
            "a text that is longer than twelve bytes 0 | t0", "null | null", "short | t2");
    assertThat(read(List.of(2))).containsExactly("[0,0]", "null", "[2,4]");
  }

  @Test
  void aBatchThatHasNoRoomIsNone() {
    try (VectorSchemaRoot root = rows()) {
      assertThat(new BatchEncoder(root, bytes -> null).encode()).isNull();
    }
  }

  private List<String> read(List<Integer> columns) throws Exception {
    Batch batch;
    try (VectorSchemaRoot root = rows()) {
      batch = Objects.requireNonNull(new BatchEncoder(root, this::allocate).encode());
    }
    assertThat(batch.rows()).isEqualTo(3);
    Queue<Batch> messages = new ArrayDeque<>(List.of(batch));
    var texts = new ArrayList<String>();
    try (var reader = new BatchReader(SCHEMA, columns, () -> loan(messages.poll()), allocator)) {
      while (reader.loadNextBatch()) {
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        for (int row = 0; row < root.getRowCount(); row++) {
          int at = row;
          texts.add(
              String.join(
                  " | ",
                  root.getFieldVectors().stream()
                      .map(vector -> String.valueOf(vector.getObject(at)))
                      .toList()));
        }
      }
    }
    return texts;
  }

  private static BatchSource.@Nullable Loan loan(@Nullable Batch batch) {
    return batch == null ? null : new BatchSource.Loan(batch, batch::release);
  }

  private BodyMemory.Room allocate(int bytes) {
    lent.incrementAndGet();
    return new BodyMemory.Room(ByteBuffer.allocateDirect(bytes), lent::decrementAndGet);
  }

  private VectorSchemaRoot rows() {
    VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
    var number = (BigIntVector) root.getVector("number");
    var view = (ViewVarCharVector) root.getVector("view");
    var list = (ListVector) root.getVector("list");
    var text = (VarCharVector) root.getVector("text");
    root.allocateNew();
    var writer = list.getWriter();
    for (int row = 0; row < 3; row += 2) {
      number.setSafe(row, row);
      String value = row == 0 ? "a text that is longer than twelve bytes 0" : "short";
      view.setSafe(row, value.getBytes(StandardCharsets.UTF_8));
      text.setSafe(row, ("t" + row).getBytes(StandardCharsets.UTF_8));
      writer.setPosition(row);
      writer.startList();
      writer.writeBigInt(row);
      writer.writeBigInt(row * 2L);
      writer.endList();
    }
    root.setRowCount(3);
    return root;
  }
}
