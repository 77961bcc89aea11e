package dev.hangar.store.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.hangar.store.ArrowStream;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.Types;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** Schemas as they should be, and as strangers might send them. */
class SchemaCheckTest {
  private static final Field INT = Types.int32("n");

  @Test
  void nodesAndBuffersAreCountedAtEveryDepth() {
    var list =
        Types.field("l", new ArrowType.List(), Types.field("s", new ArrowType.Struct(), INT));
    var layout = SchemaCheck.layout(ArrowStream.schema(INT, list, Types.utf8("t")));

    assertThat(layout.columns().nodes()).isEqualTo(5);
    assertThat(layout.columns().buffers()).isEqualTo(2 + 2 + 1 + 2 + 3);
    assertThat(layout.columns().views()).isZero();
  }

  @Test
  void metadataOfSchemaAndFieldsIsAccepted() {
    var type = new FieldType(true, new ArrowType.Utf8(), null, Map.of("ARROW:extension:name", "x"));
    var field = new Field("extension", type, List.of());
    var schema = new Schema(List.of(field), Map.of("origin", "here", "empty", ""));

    var layout = SchemaCheck.layout(ArrowStream.schema(schema, IpcOption.DEFAULT));

    assertThat(layout.columns().nodes()).isOne();
  }

  @Test
  void typesWithImpossibleParametersAreRefused() {
    assertRefused(new ArrowType.Int(24, true), "an integer of 24 bits");
    assertRefused(new ArrowType.Decimal(39, 0, 128), "39 digits, not 1 to 38");
    assertRefused(new ArrowType.Decimal(0, 0, 256), "0 digits, not 1 to 76");
    assertRefused(new ArrowType.Decimal(9, 0, 48), "a decimal of 48 bits");
    assertRefused(new ArrowType.Time(TimeUnit.SECOND, 64), "a time of 64 bits");
    assertRefused(new ArrowType.Time(TimeUnit.NANOSECOND, 32), "a time of 32 bits");
    assertRefused(new ArrowType.FixedSizeBinary(-1), "byteWidth -1");
    assertRefused(new ArrowType.FixedSizeList(-2), "listSize -2", INT);
  }

  @Test
  void narrowDecimalsAreAccepted() {
    var layout =
        SchemaCheck.layout(
            ArrowStream.schema(
                Types.field("a", new ArrowType.Decimal(9, 2, 32)),
                Types.field("b", new ArrowType.Decimal(18, 2, 64))));

    assertThat(layout.columns().columns()).extracting(FieldLayout::width).containsExactly(4, 8);
  }

  @Test
  void childrenAreAsManyAsTheTypeCallsFor() {
    assertRefused(new ArrowType.List(), "of type List with 0 children, not 1");
    assertRefused(new ArrowType.Utf8(), "of type Utf8 with 1 children, not 0", INT);
    assertRefused(new ArrowType.FixedSizeList(2), "with 2 children, not 1", INT, INT);
    assertRefused(new ArrowType.Map(true), "not a struct of key and value", INT);
    assertRefused(new ArrowType.RunEndEncoded(), "with 1 children, not 2", INT);
    assertRefused(new ArrowType.RunEndEncoded(), "run ends that are not", Types.utf8("e"), INT);
  }

  @Test
  void unionsNameEachOfTheirChildrenOnce() {
    assertRefused(union(1, 1), "type id 1 is not one of 0 to 127, each once", INT, INT);
    assertRefused(union(0, 128), "type id 128", INT, INT);
    assertRefused(union(0, -1), "type id -1", INT, INT);
    assertRefused(union(0, 1, 2), "3 type ids and 2 children", INT, INT);
  }

  @Test
  void aDictionaryHasOneType() {
    var texts = List.of(Types.encoded("a", 1), Types.encoded("b", 1));
    var encoding = new DictionaryEncoding(1, false, null);
    var number = new Field("c", new FieldType(true, INT.getType(), encoding), List.of());

    assertThat(SchemaCheck.layout(ArrowStream.schema(texts.toArray(Field[]::new))).dictionaries())
        .hasSize(1);
    assertThatThrownBy(() -> SchemaCheck.layout(ArrowStream.schema(texts.get(0), number)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("\"a\" and \"c\" share dictionary 1");
  }

  @Test
  void sixtyFourLevelsAreAllowedAndOneMoreIsNot() {
    assertThat(SchemaCheck.layout(ArrowStream.schema(deep(64))).columns().nodes()).isEqualTo(64);
    assertRefused(ArrowStream.schema(deep(65)), "field \"n\" lies deeper than 64");
    assertRefused(ArrowStream.schema(deep(500)), "lies deeper than 64");
  }

  @Test
  void fieldsAreAllowedUpToTheirLimit() {
    int limit = Limits.SCHEMA_FIELDS;

    assertThat(SchemaCheck.layout(wide(limit)).columns().nodes()).isEqualTo(limit);
    assertRefused(wide(limit + 1), "more than 262144 fields");
  }

  @Test
  void bigEndianDataIsRefused() {
    var builder = new FlatBufferBuilder();
    int fields = schemaFields(builder);
    assertRefused(message(builder, Endianness.Big, fields), "big endian");
  }

  @Test
  void otherMessagesAndVersionsAreRefused() {
    assertRefused(new Header(0).recordBatch(), "not a schema (header type 3)");
    var builder = new FlatBufferBuilder();
    int schema =
        org.apache.arrow.flatbuf.Schema.createSchema(
            builder, Endianness.Little, schemaFields(builder), 0, 0);
    builder.finish(
        Message.createMessage(builder, MetadataVersion.V3, MessageHeader.Schema, schema, 0, 0));
    assertRefused(builder.dataBuffer().slice(), "metadata version 2 is neither V4 (3) nor V5 (4)");
    assertRefused(ByteBuffer.allocate(0), "damaged");
    assertRefused(ByteBuffer.allocate(Limits.METADATA_BYTES + 1), "bytes are more than");
  }

  @Test
  void aSchemaInItsLengthPrefixedFormIsRefused() {
    var bare = ArrowStream.schema(INT);
    var framed = ByteBuffer.allocate(bare.remaining() + 8).order(ByteOrder.LITTLE_ENDIAN);
    framed.putInt(-1).putInt(bare.remaining()).put(bare).flip();

    assertThatThrownBy(() -> SchemaCheck.layout(framed)).isInstanceOf(InvalidDataException.class);
  }

  @Test
  void aFieldThatContainsItselfIsRefused() {
    var builder = new FlatBufferBuilder();
    builder.createString("room for many fields".repeat(100));
    int leaf = listField(builder, 0);
    int children = org.apache.arrow.flatbuf.Field.createChildrenVector(builder, new int[] {leaf});
    int parent = listField(builder, children);
    int fields = org.apache.arrow.flatbuf.Schema.createFieldsVector(builder, new int[] {parent});
    var message = message(builder, Endianness.Little, fields);
    int entry = message.limit() - children + Integer.BYTES;
    message.putInt(entry, message.limit() - parent - entry);

    assertRefused(message, "lies deeper than 64");
  }

  @Test
  void aSmallMessageDoesNotBecomeALargeLayout() {
    var builder = new FlatBufferBuilder();
    int field = structField(builder, 0);
    for (int depth = 0; depth < 20; depth++) {
      int[] tenTimes = new int[10];
      Arrays.fill(tenTimes, field);
      int children = org.apache.arrow.flatbuf.Field.createChildrenVector(builder, tenTimes);
      field = structField(builder, children);
    }
    int fields = org.apache.arrow.flatbuf.Schema.createFieldsVector(builder, new int[] {field});

    assertRefused(message(builder, Endianness.Little, fields), "more fields and entries than its");
  }

  @Test
  void aMetadataEntryHasKeyAndValue() {
    var builder = new FlatBufferBuilder();
    int key = builder.createString("key");
    int entry = KeyValue.createKeyValue(builder, key, 0);
    int entries =
        org.apache.arrow.flatbuf.Schema.createCustomMetadataVector(builder, new int[] {entry});
    int fields = schemaFields(builder);
    int schema =
        org.apache.arrow.flatbuf.Schema.createSchema(
            builder, Endianness.Little, fields, entries, 0);
    builder.finish(
        Message.createMessage(builder, MetadataVersion.V5, MessageHeader.Schema, schema, 0, 0));

    assertRefused(builder.dataBuffer().slice(), "metadata entry 0 has no key or no value");
  }

  @Test
  void aLongNameIsCutInMessages() {
    var field = Types.field("x".repeat(10_000) + "\n", new ArrowType.Int(3, true));

    assertThatThrownBy(() -> SchemaCheck.layout(ArrowStream.schema(field)))
        .message()
        .hasSizeLessThan(200);
  }

  private static ArrowType union(int... ids) {
    return new ArrowType.Union(UnionMode.Sparse, ids);
  }

  private static Field deep(int levels) {
    var field = INT;
    for (int level = 1; level < levels; level++) {
      field = Types.field("l", new ArrowType.Struct(), field);
    }
    return field;
  }

  private static ByteBuffer wide(int fields) {
    var builder = new FlatBufferBuilder(8 << 20);
    org.apache.arrow.flatbuf.Bool.startBool(builder);
    int type = org.apache.arrow.flatbuf.Bool.endBool(builder);
    int name = builder.createString("");
    int[] offsets = new int[fields];
    for (int i = 0; i < fields; i++) {
      offsets[i] =
          org.apache.arrow.flatbuf.Field.createField(builder, name, true, Type.Bool, type, 0, 0, 0);
    }
    int vector = org.apache.arrow.flatbuf.Schema.createFieldsVector(builder, offsets);
    return message(builder, Endianness.Little, vector);
  }

  private static int schemaFields(FlatBufferBuilder builder) {
    return org.apache.arrow.flatbuf.Schema.createFieldsVector(builder, new int[0]);
  }

  private static int listField(FlatBufferBuilder builder, int children) {
    org.apache.arrow.flatbuf.List.startList(builder);
    int type = org.apache.arrow.flatbuf.List.endList(builder);
    return field(builder, Type.List, type, children);
  }

  private static int structField(FlatBufferBuilder builder, int children) {
    org.apache.arrow.flatbuf.Struct_.startStruct_(builder);
    int type = org.apache.arrow.flatbuf.Struct_.endStruct_(builder);
    return field(builder, Type.Struct_, type, children);
  }

  private static int field(FlatBufferBuilder builder, byte kind, int type, int children) {
    return org.apache.arrow.flatbuf.Field.createField(builder, 0, true, kind, type, 0, children, 0);
  }

  private static ByteBuffer message(FlatBufferBuilder builder, short endianness, int fields) {
    int schema = org.apache.arrow.flatbuf.Schema.createSchema(builder, endianness, fields, 0, 0);
    builder.finish(
        Message.createMessage(builder, MetadataVersion.V5, MessageHeader.Schema, schema, 0, 0));
    return builder.dataBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void assertRefused(ArrowType type, String message, Field... children) {
    assertRefused(ArrowStream.schema(Types.field("f", type, children)), message);
  }

  private static void assertRefused(ByteBuffer schema, String message) {
    assertThatThrownBy(() -> SchemaCheck.layout(schema))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("schema: ")
        .hasMessageContaining(message);
  }
}
