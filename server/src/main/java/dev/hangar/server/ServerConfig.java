package dev.hangar.server;

import dev.hangar.query.dataset.Mount;
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
 * @param storage where tables are kept
 */
public record ServerConfig(
    String host,
    int port,
    long memoryBytes,
    @Nullable Authenticator authenticator,
    @Nullable ServerTls tls,
    @Nullable Path unix,
    boolean tcp,
    StorageConfig storage) {
  private static final String HOST = "127.0.0.1";
  private static final int PORT = 8815;

  /** Of the machine's memory: the rest is for the Java heap, the page cache and others. */
  private static final double MEMORY_SHARE = 0.6;

  public ServerConfig {
    if (!tcp && unix == null) {
      throw new IllegalArgumentException("a server listens on a port, a socket, or both");
    }
  }

  /**
   * Loopback, port 8815, everybody, six tenths of the machine's memory, no TLS, nothing on disk.
   */
  public static ServerConfig defaults() {
    long memoryBytes = (long) (MachineMemory.bytes() * MEMORY_SHARE);
    return new ServerConfig(HOST, PORT, memoryBytes, null, null, null, true, StorageConfig.MEMORY);
  }

  public ServerConfig withHost(String host) {
    return new ServerConfig(host, port, memoryBytes, authenticator, tls, unix, tcp, storage);
  }

  public ServerConfig withPort(int port) {
    return new ServerConfig(host, port, memoryBytes, authenticator, tls, unix, tcp, storage);
  }

  public ServerConfig withMemoryBytes(long memoryBytes) {
    return new ServerConfig(host, port, memoryBytes, authenticator, tls, unix, tcp, storage);
  }

  public ServerConfig withAuthenticator(Authenticator authenticator) {
    return new ServerConfig(host, port, memoryBytes, authenticator, tls, unix, tcp, storage);
  }

  public ServerConfig withTls(ServerTls tls) {
    return new ServerConfig(host, port, memoryBytes, authenticator, tls, unix, tcp, storage);
  }

  /** Listens on a Unix domain socket, beside the port or instead of it. */
  public ServerConfig withUnix(Path socket, boolean tcp) {
    return new ServerConfig(host, port, memoryBytes, authenticator, tls, socket, tcp, storage);
  }

  /** Keeps tables in {@code directory}, on disk unless their writers say otherwise. */
  public ServerConfig withData(Path directory) {
    return with(storage.withData(directory));
  }

  /** What tables outlive where their writers do not say; DISK needs {@link #withData} before. */
  public ServerConfig withDurability(Durability durability) {
    return with(storage.withDurability(durability));
  }

  /** How long replaced versions stay openable by their number, on disk and in memory. */
  public ServerConfig withHistory(Duration history) {
    return with(storage.withHistory(history));
  }

  /** Makes backups in {@code directory}, each in a directory of its own. */
  public ServerConfig withBackups(Path directory) {
    return with(storage.withBackups(directory));
  }

  /** Serves the files below these folders too. */
  public ServerConfig withDatasets(List<Mount> mounts) {
    return with(storage.withDatasets(mounts));
  }

  private ServerConfig with(StorageConfig storage) {
    return new ServerConfig(host, port, memoryBytes, authenticator, tls, unix, tcp, storage);
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
