package dev.hangar.interop;

import dev.hangar.server.Authenticator;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Hangar in this process on a port of its own, whose closing checks that no byte is left. */
final class Subject implements AutoCloseable {
  private static final long MEMORY_BYTES = 2L << 30;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final HangarServer server;

  Subject() {
    this(MEMORY_BYTES);
  }

  Subject(long memoryBytes) {
    this(ServerConfig.defaults().withMemoryBytes(memoryBytes));
  }

  /** One that asks who calls. */
  Subject(Authenticator users) {
    this(ServerConfig.defaults().withMemoryBytes(MEMORY_BYTES).withAuthenticator(users));
  }

  Subject(ServerConfig config) {
    try {
      server = HangarServer.start(config.withPort(0), lines::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return server.url();
  }

  List<String> urls() {
    return server.urls();
  }

  int port() {
    return server.port();
  }

  HangarServer server() {
    return server;
  }

  /** The console's lines; all of them once this is closed. */
  List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    server.close();
    if (server.bodyBytes() != 0) {
      throw new AssertionError(server.bodyBytes() + " bytes are left after the server closed");
    }
  }
}
