package dev.hangar.query.arrow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The schema in a bare IPC message (Arrow's Schema.fbs), decimals of 32 and 64 bits included, which
 * Arrow's library refuses. Their vectors are those of wider decimals, but what lies in them is not:
 * such a vector may be handed on, and its values not be asked for.
 */
final class SchemaMessage {
  private static final int NARROWEST_KNOWN_BITS = 128;

  private SchemaMessage() {}

  static Schema schema(ByteBuffer bytes) {
    Message message = Message.getRootAsMessage(bytes.slice());
    if (message.headerType() != MessageHeader.Schema) {
      throw new IllegalArgumentException(
          "message of type " + message.headerType() + " is no schema");
    }
    var schema = new org.apache.arrow.flatbuf.Schema();
    message.header(schema);
    List<Field> fields = new ArrayList<>();
    boolean areKnown = true;
    for (int i = 0; i < schema.fieldsLength(); i++) {
      areKnown &= isKnown(schema.fields(i));
    }
    if (areKnown) {
      return MessageSerializer.deserializeSchema(message);
    }
    for (int i = 0; i < schema.fieldsLength(); i++) {
      fields.add(field(schema.fields(i)));
    }
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < schema.customMetadataLength(); i++) {
      metadata.put(schema.customMetadata(i).key(), schema.customMetadata(i).value());
    }
    return new Schema(fields, metadata);
  }

  private static boolean isKnown(org.apache.arrow.flatbuf.Field field) {
    boolean isKnown = !isNarrow(field);
    for (int i = 0; i < field.childrenLength(); i++) {
      isKnown &= isKnown(field.children(i));
    }
    return isKnown;
  }

  private static boolean isNarrow(org.apache.arrow.flatbuf.Field field) {
    return field.typeType() == Type.Decimal && decimal(field).bitWidth() < NARROWEST_KNOWN_BITS;
  }

  private static Decimal decimal(org.apache.arrow.flatbuf.Field field) {
    var decimal = new Decimal();
    field.type(decimal);
    return decimal;
  }

  private static Field field(org.apache.arrow.flatbuf.Field field) {
    if (isKnown(field)) {
      return Field.convertField(field);
    }
    List<Field> children = new ArrayList<>();
    for (int i = 0; i < field.childrenLength(); i++) {
      children.add(field(field.children(i)));
    }
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < field.customMetadataLength(); i++) {
      metadata.put(field.customMetadata(i).key(), field.customMetadata(i).value());
    }
    var type = new FieldType(field.nullable(), type(field), encoding(field), metadata);
    return new Field(field.name(), type, children);
  }

  private static ArrowType type(org.apache.arrow.flatbuf.Field field) {
    if (!isNarrow(field)) {
      return ArrowType.getTypeForField(field);
    }
    Decimal decimal = decimal(field);
    return new ArrowType.Decimal(decimal.precision(), decimal.scale(), decimal.bitWidth());
  }

  private static @Nullable DictionaryEncoding encoding(org.apache.arrow.flatbuf.Field field) {
    org.apache.arrow.flatbuf.DictionaryEncoding encoding = field.dictionary();
    if (encoding == null) {
      return null;
    }
    Int index = encoding.indexType();
    return new DictionaryEncoding(
        encoding.id(),
        encoding.isOrdered(),
        index == null ? null : new ArrowType.Int(index.bitWidth(), index.isSigned()));
  }
}
