package dev.hangar.cli;

import java.io.IOException;

/** Whoever read the output has seen enough, as {@code head} has: no failure of the command. */
final class ClosedOutputException extends IOException {
  private static final long serialVersionUID = 1;

  ClosedOutputException() {
    super("the output was closed");
  }
}
