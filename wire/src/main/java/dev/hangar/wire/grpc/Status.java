package dev.hangar.wire.grpc;

import dev.hangar.wire.Limits;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the end of a call is written and read: {@code grpc-status}, {@code grpc-message}, HTTP/2
 * error codes.
 */
final class Status {
  static final String CONTENT_TYPE = "application/grpc";

  private static final String STATUS = "grpc-status";
  private static final String MESSAGE = "grpc-message";
  private static final String DETAILS = "grpc-status-details-bin";
  private static final String ARROW_STATUS = "x-arrow-status";
  private static final String ARROW_MESSAGE = "x-arrow-status-message-bin";

  /** Of Arrow C++'s {@code StatusCode}. */
  private static final int ARROW_IO_ERROR = 5;

  private static final int ARROW_CANCELLED = 8;

  private Status() {}

  /** Trailers of a call that ended well. */
  static Http2Headers ok() {
    return new DefaultHttp2Headers().set(STATUS, Integer.toString(StatusCode.OK.number()));
  }

  /**
   * Trailers of a call that failed: the message is percent-encoded and cut, the failure's own
   * metadata follows, and its detail as far as there is room ({@link Limits#TRAILER_LIST_BYTES}).
   */
  static Http2Headers trailers(StatusException failure, String traceId) {
    Http2Headers trailers = new DefaultHttp2Headers();
    trailers.add(STATUS, Integer.toString(failure.code().number()));
    String message = failure.description();
    if (!message.isEmpty()) {
      String cut = CutText.percentEncoded(message, Limits.STATUS_MESSAGE_BYTES);
      trailers.add(MESSAGE, percentEncode(cut));
    }
    failure.trailers().write(trailers);
    addDetails(trailers, failure, traceId);
    return trailers;
  }

  private static void addDetails(Http2Headers trailers, StatusException failure, String traceId) {
    byte[] details =
        ErrorDetails.encode(
            failure.code(), failure.description(), ErrorDetails.complete(failure, traceId));
    Metadata all = Metadata.EMPTY.with(DETAILS, details);
    int arrowStatus = arrowStatus(failure.code());
    if (arrowStatus >= 0) {
      String message = CutText.utf8(failure.description(), Limits.ARROW_MESSAGE_BYTES);
      all =
          all.with(ARROW_STATUS, Integer.toString(arrowStatus))
              .with(ARROW_MESSAGE, message.getBytes(StandardCharsets.UTF_8));
    }
    if (listBytes(trailers) + all.listBytes() <= Limits.TRAILER_LIST_BYTES) {
      all.write(trailers);
    }
  }

  /**
   * The Arrow status that C++ clients are told beside gRPC's; -1 for none.
   *
   * <p>They take up the details where they find such a status, but then take every failure that has
   * no Flight status of its own for an internal one: a table that is not there would no longer be a
   * KeyError in Python. So only those codes have one that are Flight statuses to C++.
   */
  private static int arrowStatus(StatusCode code) {
    return switch (code) {
      case CANCELLED -> ARROW_CANCELLED;
      case DEADLINE_EXCEEDED,
          PERMISSION_DENIED,
          ABORTED,
          INTERNAL,
          UNAVAILABLE,
          DATA_LOSS,
          UNAUTHENTICATED ->
          ARROW_IO_ERROR;
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED ->
          -1;
    };
  }

  /** What a header list counts for (RFC 9113, 6.5.2). */
  private static int listBytes(Http2Headers headers) {
    int bytes = 0;
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      bytes += header.getKey().length() + header.getValue().length() + Metadata.ENTRY_BYTES;
    }
    return bytes;
  }

  /** Makes trailers the only headers of a response. */
  static Http2Headers trailersOnly(Http2Headers trailers) {
    return trailers.status("200").set("content-type", CONTENT_TYPE);
  }

  /** The failure that trailers tell; null for {@link StatusCode#OK}. */
  static @Nullable StatusException failure(Http2Headers trailers) {
    CharSequence status = trailers.get(STATUS);
    if (status == null) {
      return new StatusException(
          fromHttp(trailers.status()),
          "the server answered without a gRPC status"
              + (trailers.status() == null ? "" : ": HTTP " + trailers.status()));
    }
    StatusCode code = StatusCode.of(number(status));
    if (code == StatusCode.OK) {
      return null;
    }
    CharSequence message = trailers.get(MESSAGE);
    Metadata metadata = Metadata.read(trailers);
    return new StatusException(
        code,
        message == null ? "" : percentDecode(message.toString()),
        metadata,
        metadata.bytes(DETAILS).map(ErrorDetails::decode).orElse(null),
        null);
  }

  /** What a reset stream means (gRPC {@code PROTOCOL-HTTP2.md}, Errors). */
  static StatusCode fromReset(long errorCode) {
    Http2Error error = Http2Error.valueOf(errorCode);
    if (error == null) {
      return StatusCode.UNKNOWN;
    }
    return switch (error) {
      case REFUSED_STREAM -> StatusCode.UNAVAILABLE;
      case CANCEL -> StatusCode.CANCELLED;
      case ENHANCE_YOUR_CALM -> StatusCode.RESOURCE_EXHAUSTED;
      case INADEQUATE_SECURITY -> StatusCode.PERMISSION_DENIED;
      case NO_ERROR,
          PROTOCOL_ERROR,
          INTERNAL_ERROR,
          FLOW_CONTROL_ERROR,
          SETTINGS_TIMEOUT,
          STREAM_CLOSED,
          FRAME_SIZE_ERROR,
          COMPRESSION_ERROR,
          CONNECT_ERROR,
          HTTP_1_1_REQUIRED ->
          StatusCode.INTERNAL;
    };
  }

  /**
   * What an HTTP status means where a proxy answered (gRPC {@code http-grpc-status-mapping.md}).
   */
  private static StatusCode fromHttp(@Nullable CharSequence status) {
    return switch (status == null ? 0 : number(status)) {
      case 400 -> StatusCode.INTERNAL;
      case 401 -> StatusCode.UNAUTHENTICATED;
      case 403 -> StatusCode.PERMISSION_DENIED;
      case 404 -> StatusCode.UNIMPLEMENTED;
      case 429, 502, 503, 504 -> StatusCode.UNAVAILABLE;
      default -> StatusCode.UNKNOWN;
    };
  }

  private static int number(CharSequence digits) {
    try {
      return Integer.parseInt(digits.toString());
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  static String percentEncode(String message) {
    var encoded = new StringBuilder(message.length());
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded
            .append('%')
            .append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xf, 16)))
            .append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
      }
    }
    return encoded.toString();
  }

  /** What is not an encoded byte stays as it is: a message is never lost. */
  static String percentDecode(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      int value = bytes[i] == '%' && i + 2 < bytes.length ? hex(bytes[i + 1], bytes[i + 2]) : -1;
      bytes[length++] = value < 0 ? bytes[i] : (byte) value;
      i += value < 0 ? 0 : 2;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static int hex(byte high, byte low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : (h << 4) | l;
  }
}
