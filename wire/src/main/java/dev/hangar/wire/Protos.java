package dev.hangar.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.OptionalDouble;

/** Our values as protobuf messages, and back. */
final class Protos {
  /** Year 1 and year 9999 (protobuf, {@code timestamp.proto}). */
  private static final long FIRST_SECOND = -62_135_596_800L;

  private static final long LAST_SECOND = 253_402_300_799L;

  private Protos() {}

  static dev.hangar.wire.proto.FlightDescriptor descriptor(FlightDescriptor descriptor) {
    var proto = dev.hangar.wire.proto.FlightDescriptor.newBuilder();
    if (descriptor instanceof FlightDescriptor.Path path) {
      proto
          .setType(dev.hangar.wire.proto.FlightDescriptor.DescriptorType.PATH)
          .addAllPath(path.segments());
    } else if (descriptor instanceof FlightDescriptor.Command command) {
      proto
          .setType(dev.hangar.wire.proto.FlightDescriptor.DescriptorType.CMD)
          .setCmd(command.bytes());
    }
    return proto.build();
  }

  /** A descriptor of no known type is a path if it has one, else a command. */
  static FlightDescriptor descriptor(dev.hangar.wire.proto.FlightDescriptor proto) {
    return switch (proto.getType()) {
      case PATH -> new FlightDescriptor.Path(proto.getPathList());
      case CMD -> new FlightDescriptor.Command(proto.getCmd());
      case UNKNOWN, UNRECOGNIZED ->
          proto.getPathCount() > 0
              ? new FlightDescriptor.Path(proto.getPathList())
              : new FlightDescriptor.Command(proto.getCmd());
    };
  }

  static dev.hangar.wire.proto.FlightInfo info(FlightInfo info) {
    var proto =
        dev.hangar.wire.proto.FlightInfo.newBuilder()
            .setSchema(info.schema())
            .setTotalRecords(info.records())
            .setTotalBytes(info.bytes())
            .setOrdered(info.ordered())
            .setAppMetadata(info.appMetadata());
    if (info.descriptor() != null) {
      proto.setFlightDescriptor(descriptor(info.descriptor()));
    }
    info.endpoints().forEach(endpoint -> proto.addEndpoint(endpoint(endpoint)));
    return proto.build();
  }

  static FlightInfo info(dev.hangar.wire.proto.FlightInfo proto) {
    return new FlightInfo(
        proto.getSchema(),
        proto.hasFlightDescriptor() ? descriptor(proto.getFlightDescriptor()) : null,
        proto.getEndpointList().stream().map(Protos::endpoint).toList(),
        proto.getTotalRecords(),
        proto.getTotalBytes(),
        proto.getOrdered(),
        proto.getAppMetadata());
  }

  static dev.hangar.wire.proto.FlightEndpoint endpoint(FlightEndpoint endpoint) {
    var proto =
        dev.hangar.wire.proto.FlightEndpoint.newBuilder()
            .setTicket(ticket(endpoint.ticket()))
            .setAppMetadata(endpoint.appMetadata());
    for (Location location : endpoint.locations()) {
      proto.addLocation(dev.hangar.wire.proto.Location.newBuilder().setUri(location.uri()));
    }
    if (endpoint.expiration() != null) {
      proto.setExpirationTime(timestamp(endpoint.expiration()));
    }
    return proto.build();
  }

  static FlightEndpoint endpoint(dev.hangar.wire.proto.FlightEndpoint proto) {
    return new FlightEndpoint(
        new Ticket(proto.getTicket().getTicket()),
        proto.getLocationList().stream().map(location -> new Location(location.getUri())).toList(),
        proto.hasExpirationTime() ? instant(proto.getExpirationTime()) : null,
        proto.getAppMetadata());
  }

  static dev.hangar.wire.proto.Ticket ticket(Ticket ticket) {
    return dev.hangar.wire.proto.Ticket.newBuilder().setTicket(ticket.bytes()).build();
  }

  static dev.hangar.wire.proto.PollInfo poll(PollInfo poll) {
    var proto = dev.hangar.wire.proto.PollInfo.newBuilder();
    if (poll.info() != null) {
      proto.setInfo(info(poll.info()));
    }
    if (poll.next() != null) {
      proto.setFlightDescriptor(descriptor(poll.next()));
    }
    if (poll.expiration() != null) {
      proto.setExpirationTime(timestamp(poll.expiration()));
    }
    poll.progress().ifPresent(proto::setProgress);
    return proto.build();
  }

  static PollInfo poll(dev.hangar.wire.proto.PollInfo proto) {
    return new PollInfo(
        proto.hasInfo() ? info(proto.getInfo()) : null,
        proto.hasFlightDescriptor() ? descriptor(proto.getFlightDescriptor()) : null,
        proto.hasProgress() ? OptionalDouble.of(proto.getProgress()) : OptionalDouble.empty(),
        proto.hasExpirationTime() ? instant(proto.getExpirationTime()) : null);
  }

  /**
   * A message read from bytes.
   *
   * @param what it is, for the error
   * @throws IllegalArgumentException the bytes are none
   */
  static <P> P decode(String what, Parser<P> parser, ByteString bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          bytes.size() + " bytes that are not " + what + ": " + e.getMessage(), e);
    }
  }

  /** Our constant of the same name; {@code UNSPECIFIED} for a number Flight does not define. */
  static <E extends Enum<E>> E constant(Class<E> type, Enum<?> proto) {
    String name = proto.name().replace("CANCEL_STATUS_", "");
    return Enum.valueOf(type, name.equals("UNRECOGNIZED") ? "UNSPECIFIED" : name);
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** What is past the years that protobuf allows is their first or last second. */
  private static Instant instant(Timestamp timestamp) {
    long seconds = Math.max(FIRST_SECOND, Math.min(timestamp.getSeconds(), LAST_SECOND));
    return Instant.ofEpochSecond(seconds, timestamp.getNanos());
  }
}
