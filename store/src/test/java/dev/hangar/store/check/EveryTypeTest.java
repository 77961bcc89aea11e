package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.Types;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.MetadataVersion;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Arrow's own library writes is accepted, whatever the type. */
class EveryTypeTest {
  static List<Field> types() {
    return Types.all();
  }

  @ParameterizedTest
  @MethodSource("types")
  void aColumnOfEveryTypeIsAccepted(Field field) {
    var schema = new Schema(List.of(field));

    assertThat(accepted(ArrowStream.ofRows(schema, 100, IpcOption.DEFAULT))).isEqualTo(100);
    assertThat(accepted(ArrowStream.ofRows(schema, 0, IpcOption.DEFAULT))).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 1000})
  void aTableOfAllTypesIsAccepted(int rows) {
    var schema = new Schema(Types.all());

    assertThat(accepted(ArrowStream.ofRows(schema, rows, IpcOption.DEFAULT))).isEqualTo(rows);
  }

  @Test
  void unionsOfTheOlderVersionHaveAValidityBuffer() {
    var v4 = new IpcOption(false, MetadataVersion.V4);
    var schema = SchemaCheck.layout(ArrowStream.schema(new Schema(Types.all()), v4));
    var v5 = SchemaCheck.layout(ArrowStream.schema(new Schema(Types.all()), IpcOption.DEFAULT));

    assertThat(schema.columns().buffers()).isEqualTo(v5.columns().buffers() + 2);
    assertThat(schema.columns().nodes()).isEqualTo(v5.columns().nodes());
  }

  @Test
  void aTableWithoutColumnsHasRows() {
    var schema = SchemaCheck.layout(ArrowStream.schema(new Field[0]));

    assertThat(new BatchCheck(schema).check(new Header(5).recordBatch(), ByteBuffer.allocate(0)))
        .isEqualTo(5);
  }

  private static long accepted(ArrowStream stream) {
    var check = new BatchCheck(SchemaCheck.layout(stream.schema()));
    return stream.batches().stream()
        .mapToLong(message -> check.check(message.metadata(), message.body()))
        .sum();
  }
}
