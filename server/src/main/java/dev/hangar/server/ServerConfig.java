package dev.hangar.server;

import dev.hangar.store.Durability;
import dev.hangar.wire.Location;
import dev.hangar.wire.tls.ServerTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server is told when it starts. Immutable.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any that is free
 * @param memoryBytes what tables and transfers may take; past it uploads are refused
 * @param authenticator who knows the users that may call; null: everybody may
 * @param tls what TLS on that port needs; null for plain text
 * @param unix the Unix domain socket to listen on; null for none
 * @param tcp whether to listen on host and port at all
 * @param data the directory that tables on disk are kept in; null for none
 * @param durability what tables outlive where their writers do not say
 * @param history how long replaced versions stay openable by their number
 * @param backups the directory that backups go to; null for none
 */
public record ServerConfig(
    String host,
    int port,
    long memoryBytes,
    @Nullable Authenticator authenticator,
    @Nullable ServerTls tls,
    @Nullable Path unix,
    boolean tcp,
    @Nullable Path data,
    Durability durability,
    Duration history,
    @Nullable Path backups) {
  private static final String HOST = "127.0.0.1";
  private static final int PORT = 8815;

  /** Of the machine's memory: the rest is for the Java heap, the page cache and others. */
  private static final double MEMORY_SHARE = 0.6;

  public ServerConfig {
    if (!tcp && unix == null) {
      throw new IllegalArgumentException("a server listens on a port, a socket, or both");
    }
    if (durability == Durability.DISK && data == null) {
      throw new IllegalArgumentException("tables on disk need a directory to be in");
    }
    if (history.isNegative() || history.compareTo(Limits.TIME_TO_LIVE) > 0) {
      throw new IllegalArgumentException(
          "replaced versions stay for up to " + Limits.TIME_TO_LIVE.toDays() + " days");
    }
  }

  /**
   * Loopback, port 8815, everybody, six tenths of the machine's memory, no TLS, nothing on disk.
   */
  public static ServerConfig defaults() {
    long memoryBytes = (long) (MachineMemory.bytes() * MEMORY_SHARE);
    return new ServerConfig(
        HOST,
        PORT,
        memoryBytes,
        null,
        null,
        null,
        true,
        null,
        Durability.MEMORY,
        Duration.ZERO,
        null);
  }

  public ServerConfig withHost(String host) {
    return new ServerConfig(
        host, port, memoryBytes, authenticator, tls, unix, tcp, data, durability, history, backups);
  }

  public ServerConfig withPort(int port) {
    return new ServerConfig(
        host, port, memoryBytes, authenticator, tls, unix, tcp, data, durability, history, backups);
  }

  public ServerConfig withMemoryBytes(long memoryBytes) {
    return new ServerConfig(
        host, port, memoryBytes, authenticator, tls, unix, tcp, data, durability, history, backups);
  }

  public ServerConfig withAuthenticator(Authenticator authenticator) {
    return new ServerConfig(
        host, port, memoryBytes, authenticator, tls, unix, tcp, data, durability, history, backups);
  }

  public ServerConfig withTls(ServerTls tls) {
    return new ServerConfig(
        host, port, memoryBytes, authenticator, tls, unix, tcp, data, durability, history, backups);
  }

  /** Listens on a Unix domain socket, beside the port or instead of it. */
  public ServerConfig withUnix(Path socket, boolean tcp) {
    return new ServerConfig(
        host,
        port,
        memoryBytes,
        authenticator,
        tls,
        socket,
        tcp,
        data,
        durability,
        history,
        backups);
  }

  /** Keeps tables in {@code directory}, on disk unless their writers say otherwise. */
  public ServerConfig withData(Path directory) {
    return new ServerConfig(
        host,
        port,
        memoryBytes,
        authenticator,
        tls,
        unix,
        tcp,
        directory,
        Durability.DISK,
        history,
        backups);
  }

  /** What tables outlive where their writers do not say; DISK needs {@link #withData} before. */
  public ServerConfig withDurability(Durability durability) {
    return new ServerConfig(
        host, port, memoryBytes, authenticator, tls, unix, tcp, data, durability, history, backups);
  }

  /** How long replaced versions stay openable by their number, on disk and in memory. */
  public ServerConfig withHistory(Duration history) {
    return new ServerConfig(
        host, port, memoryBytes, authenticator, tls, unix, tcp, data, durability, history, backups);
  }

  /** Makes backups in {@code directory}, each in a directory of its own. */
  public ServerConfig withBackups(Path directory) {
    return new ServerConfig(
        host,
        port,
        memoryBytes,
        authenticator,
        tls,
        unix,
        tcp,
        data,
        durability,
        history,
        directory);
  }

  /** Every place to listen on. */
  List<Location> locations() {
    var locations = new ArrayList<Location>();
    if (tcp) {
      locations.add(tls == null ? Location.grpc(host, port) : Location.tls(host, port));
    }
    if (unix != null) {
      locations.add(Location.unix(unix));
    }
    return locations;
  }
}
