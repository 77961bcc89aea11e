package dev.hangar.store.local;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Quoted;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Whether batches of two schemas can stand in one stream. */
final class SameSchema {
  private SameSchema() {}

  /**
   * Compares two bare IPC {@code Schema} messages: names, types, nullability and dictionaries, not
   * the metadata beside them.
   *
   * @param what has the first, for the message
   * @throws InvalidDataException naming the first column that differs
   */
  static void require(String what, ByteBuffer first, ByteBuffer second) {
    if (first.equals(second)) {
      return;
    }
    var wanted = fields(first);
    var got = fields(second);
    for (int i = 0; i < Math.min(wanted.size(), got.size()); i++) {
      if (!plain(wanted.get(i)).equals(plain(got.get(i)))) {
        throw new InvalidDataException(
            "%s has another schema: its column %d is %s, and here it is %s"
                .formatted(what, i + 1, text(wanted.get(i)), text(got.get(i))));
      }
    }
    if (wanted.size() != got.size()) {
      throw new InvalidDataException(
          "%s has another schema: it has %d columns, and here are %d"
              .formatted(what, wanted.size(), got.size()));
    }
  }

  private static List<Field> fields(ByteBuffer message) {
    Schema schema =
        MessageSerializer.deserializeSchema(Message.getRootAsMessage(message.duplicate()));
    return schema.getFields();
  }

  private static Field plain(Field field) {
    var type = field.getFieldType();
    return new Field(
        field.getName(),
        new FieldType(type.isNullable(), type.getType(), type.getDictionary()),
        field.getChildren().stream().map(SameSchema::plain).toList());
  }

  private static String text(Field field) {
    return Quoted.of(field.toString());
  }
}
