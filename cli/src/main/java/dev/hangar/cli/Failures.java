package dev.hangar.cli;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.UncheckedIOException;

/** Failures as one sentence that says what to do. */
final class Failures {
  private Failures() {}

  static String sentence(Throwable failure) {
    if (failure instanceof StatusException status) {
      return status.code() == StatusCode.UNAVAILABLE
          ? status.description() + "; is a server running there? ./hangar serve starts one"
          : status.description();
    }
    if (failure instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
      return sentence(wrapped.getCause());
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
