package dev.hangar.wire;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to fetch a flight, and what it is. Immutable.
 *
 * @param schema an encapsulated IPC schema message ({@link IpcMessages#encapsulate}); empty where
 *     unknown
 * @param descriptor what was asked for
 * @param endpoints the parts; together the whole
 * @param records rows in all; -1 where unknown
 * @param bytes bytes in all; -1 where unknown
 * @param ordered whether the parts, in their order, are the rows in theirs
 */
public record FlightInfo(
    ByteString schema,
    @Nullable FlightDescriptor descriptor,
    List<FlightEndpoint> endpoints,
    long records,
    long bytes,
    boolean ordered,
    ByteString appMetadata) {
  public FlightInfo {
    endpoints = List.copyOf(endpoints);
  }

  /** The same with other application metadata. */
  public FlightInfo withAppMetadata(ByteString metadata) {
    return new FlightInfo(schema, descriptor, endpoints, records, bytes, ordered, metadata);
  }

  /** This as the bytes of a protobuf message. */
  public ByteString encode() {
    return Protos.info(this).toByteString();
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static FlightInfo decode(ByteString bytes) {
    return Protos.info(Protos.decode("an info", dev.hangar.wire.proto.FlightInfo.parser(), bytes));
  }
}
