package dev.hangar.wire;

import com.google.protobuf.ByteString;
import java.util.List;

/** What somebody asks for, or stores: a name or a command. Immutable. */
public sealed interface FlightDescriptor {
  /** A name of one or more segments. */
  record Path(List<String> segments) implements FlightDescriptor {
    public Path {
      segments = List.copyOf(segments);
    }
  }

  /** Bytes whose meaning is the service's. */
  record Command(ByteString bytes) implements FlightDescriptor {}

  static FlightDescriptor path(String... segments) {
    return new Path(List.of(segments));
  }

  static FlightDescriptor command(String text) {
    return new Command(ByteString.copyFromUtf8(text));
  }

  /** This as the bytes of a protobuf message. */
  default ByteString encode() {
    return Protos.descriptor(this).toByteString();
  }

  /**
   * The descriptor that {@link #encode} wrote.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  static FlightDescriptor decode(ByteString bytes) {
    return Protos.descriptor(
        Protos.decode("a descriptor", dev.hangar.wire.proto.FlightDescriptor.parser(), bytes));
  }
}
