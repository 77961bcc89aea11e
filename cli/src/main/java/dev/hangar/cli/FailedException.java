package dev.hangar.cli;

/** A command that could not do what was asked; its message is all that is shown. */
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FailedException(String message) {
    super(message);
  }

  FailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
