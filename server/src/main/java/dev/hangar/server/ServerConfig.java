package dev.hangar.server;

import org.jspecify.annotations.Nullable;

/**
 * What a server is told when it starts. Immutable.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any that is free
 * @param memoryBytes what tables and transfers may take; past it uploads are refused
 * @param authenticator who knows the users that may call; null: everybody may
 */
public record ServerConfig(
    String host, int port, long memoryBytes, @Nullable Authenticator authenticator) {
  private static final String HOST = "127.0.0.1";
  private static final int PORT = 8815;

  /** Of the machine's memory: the rest is for the Java heap, the page cache and others. */
  private static final double MEMORY_SHARE = 0.6;

  /** Loopback, port 8815, everybody, six tenths of the machine's memory. */
  public static ServerConfig defaults() {
    return new ServerConfig(HOST, PORT, (long) (MachineMemory.bytes() * MEMORY_SHARE), null);
  }

  public ServerConfig withHost(String host) {
    return new ServerConfig(host, port, memoryBytes, authenticator);
  }

  public ServerConfig withPort(int port) {
    return new ServerConfig(host, port, memoryBytes, authenticator);
  }

  public ServerConfig withMemoryBytes(long memoryBytes) {
    return new ServerConfig(host, port, memoryBytes, authenticator);
  }

  public ServerConfig withAuthenticator(Authenticator authenticator) {
    return new ServerConfig(host, port, memoryBytes, authenticator);
  }
}
