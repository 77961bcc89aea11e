package dev.hangar.server;

/** Knows users by their passwords. Thread-safe. */
@FunctionalInterface
public interface Authenticator {
  /** Whether this is that user's password. Takes as long for users there are as for others. */
  boolean accepts(String user, String password);
}
