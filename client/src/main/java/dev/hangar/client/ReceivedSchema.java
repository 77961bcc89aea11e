package dev.hangar.client;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A schema message from a server, in Arrow's own type. */
final class ReceivedSchema {
  private ReceivedSchema() {}

  /**
   * The schema of a bare message.
   *
   * @throws StatusException with code UNIMPLEMENTED if Arrow's Java library cannot read it: it has
   *     no decimals of 32 and 64 bits, for one
   */
  static Schema of(ByteBuffer message) {
    return of(Message.getRootAsMessage(message.slice()));
  }

  /**
   * The same schema.
   *
   * @throws StatusException with code UNIMPLEMENTED if Arrow's Java library cannot load its batches
   */
  static Schema loadable(Schema schema) {
    schema.getFields().forEach(field -> requireLoadable(field, field.getName()));
    return schema;
  }

  /** Vectors of fixed-size binary divide by its width. */
  private static void requireLoadable(Field field, String path) {
    if (field.getType() instanceof ArrowType.FixedSizeBinary binary && binary.getByteWidth() == 0) {
      throw new StatusException(
          StatusCode.UNIMPLEMENTED,
          "Arrow's Java library cannot load column "
              + path
              + ": fixed-size binary of width 0; read it with another library, or drop the column");
    }
    field.getChildren().forEach(child -> requireLoadable(child, path + "." + child.getName()));
  }

  /** As {@link #of(ByteBuffer)}. */
  static Schema of(Message message) {
    try {
      return MessageSerializer.deserializeSchema(message);
    } catch (RuntimeException e) {
      throw new StatusException(
          StatusCode.UNIMPLEMENTED,
          "Arrow's Java library cannot read this table's schema: " + e.getMessage(),
          Metadata.EMPTY,
          e);
    }
  }
}
