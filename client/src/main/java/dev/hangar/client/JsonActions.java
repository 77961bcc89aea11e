package dev.hangar.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Actions that are asked for and answered in JSON, of Hangar alone. Thread-safe. */
final class JsonActions {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Connections connections;

  JsonActions(Connections connections) {
    this.connections = connections;
  }

  /**
   * Performs an action.
   *
   * @throws StatusException with code UNIMPLEMENTED where the server is no Hangar
   */
  JsonNode perform(String type, Object body, CallOptions options) {
    var action = new Action(type, ByteString.copyFrom(bytes(body)));
    List<ByteString> results;
    try {
      results = connections.home().doAction(action, options);
    } catch (StatusException e) {
      throw explained(e, type);
    }
    if (results.size() != 1) {
      throw malformed(type, "comes in " + results.size() + " results, which has to be 1", null);
    }
    try {
      return JSON.readTree(results.get(0).toByteArray());
    } catch (IOException e) {
      throw malformed(type, "is no JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Performs an action that has much to say; each of its results goes to {@code out} as it comes.
   *
   * @throws StatusException with code UNIMPLEMENTED where the server is no Hangar
   */
  void perform(String type, String body, CallOptions options, Consumer<String> out) {
    var action = new Action(type, ByteString.copyFromUtf8(body));
    try {
      connections.home().doAction(action, options, line -> out.accept(line.toStringUtf8()));
    } catch (StatusException e) {
      throw explained(e, type);
    }
  }

  /** Performs an action that has nothing to say. */
  void tell(String type, Object body, CallOptions options) {
    perform(type, new String(bytes(body), StandardCharsets.UTF_8), options, answer -> {});
  }

  /** What is listed under {@code key} of an answer. */
  static <T> List<T> all(JsonNode answer, String key, Function<JsonNode, T> parser) {
    var all = new ArrayList<T>();
    try {
      answer.path(key).forEach(each -> all.add(parser.apply(each)));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw malformed("the action", "is not understood: " + e.getMessage(), e);
    }
    return List.copyOf(all);
  }

  /** Others say many things of actions they do not know. */
  private StatusException explained(StatusException failure, String type) {
    boolean isTransport =
        failure.code() == StatusCode.UNAVAILABLE
            || failure.code() == StatusCode.CANCELLED
            || failure.code() == StatusCode.DEADLINE_EXCEEDED
            || failure.code() == StatusCode.UNAUTHENTICATED;
    if (isTransport || connections.sign().isHangar()) {
      return failure;
    }
    return new StatusException(
        StatusCode.UNIMPLEMENTED,
        connections.home().location().uri()
            + " is no Hangar, and cannot do "
            + type
            + ": "
            + failure.description(),
        failure.trailers(),
        failure);
  }

  private static byte[] bytes(Object body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static StatusException malformed(
      String type, String what, @org.jspecify.annotations.Nullable Throwable cause) {
    return new StatusException(
        StatusCode.INTERNAL,
        "the server's answer to " + type + " " + what,
        dev.hangar.wire.grpc.Metadata.EMPTY,
        cause);
  }
}
