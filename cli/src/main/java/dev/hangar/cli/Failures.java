package dev.hangar.cli;

import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusException;
import java.io.UncheckedIOException;

/** Failures as one sentence that says what to do. */
final class Failures {
  private Failures() {}

  static String sentence(Throwable failure) {
    if (failure instanceof StatusException status) {
      return sentence(status);
    }
    if (failure instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
      return sentence(wrapped.getCause());
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }

  private static String sentence(StatusException status) {
    return switch (status.code()) {
      case UNAVAILABLE ->
          status.description()
              + (status.description().contains(": no such host")
                  ? "; check the name in the URL"
                  : "; is a server running there? ./hangar serve starts one");
      case UNAUTHENTICATED -> isOfTls(status) ? status.description() : notLoggedIn(status);
      default -> status.description();
    };
  }

  /** What TLS says comes from this side, with what it was caused by. */
  private static boolean isOfTls(StatusException status) {
    Throwable cause = status;
    while (cause instanceof StatusException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return !(cause instanceof StatusException);
  }

  /** What to do is said in this command's words, in the place of the server's. */
  private static String notLoggedIn(StatusException status) {
    String hint = status.detail().map(ErrorDetail::hint).orElse("");
    String what = status.description();
    int said = hint.isEmpty() ? -1 : what.indexOf("; " + hint);
    return (said < 0 ? what : what.substring(0, said)) + "; " + LogIn.HOW;
  }
}
