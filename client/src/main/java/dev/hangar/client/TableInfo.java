package dev.hangar.client;

import com.google.protobuf.ByteString;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.grpc.StatusException;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What a server tells of a table. Immutable.
 *
 * @param name the path joined by {@code /}, or the command
 * @param schema without any field where the server does not know it, or where Arrow's Java library
 *     cannot read it
 * @param rows -1 where the server does not know
 * @param bytes of all bodies; -1 where the server does not know
 * @param kind how it was named when it was put; of a table asked for by name, PATH
 */
public record TableInfo(String name, Schema schema, long rows, long bytes, DescriptorKind kind) {
  private static final Schema UNKNOWN = new Schema(List.of());

  static TableInfo of(FlightInfo info) {
    var descriptor = info.descriptor();
    return new TableInfo(
        descriptor == null ? "" : name(descriptor),
        schema(info.schema()),
        info.records(),
        info.bytes(),
        descriptor instanceof FlightDescriptor.Command
            ? DescriptorKind.COMMAND
            : DescriptorKind.PATH);
  }

  private static String name(FlightDescriptor descriptor) {
    return descriptor instanceof FlightDescriptor.Path path
        ? String.join("/", path.segments())
        : ((FlightDescriptor.Command) descriptor).bytes().toStringUtf8();
  }

  /** A table that Java cannot read is still one that can be listed. */
  private static Schema schema(ByteString encapsulated) {
    try {
      return encapsulated.isEmpty() ? UNKNOWN : ReceivedSchema.of(IpcMessages.bare(encapsulated));
    } catch (StatusException e) {
      return UNKNOWN;
    }
  }
}
