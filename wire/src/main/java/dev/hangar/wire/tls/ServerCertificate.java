package dev.hangar.wire.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The certificate a server shows, which follows its files: new connections get what is in them now,
 * those that are open keep theirs. Files that don't fit together are reported, and what was good
 * stays. Thread-safe.
 */
public final class ServerCertificate implements AutoCloseable {
  private final ServerTls tls;
  private final Consumer<String> reports;
  private final ScheduledExecutorService checks =
      Executors.newSingleThreadScheduledExecutor(
          new DefaultThreadFactory("hangar-certificates", true));
  private List<Object> seen;
  private SslContext current;
  private boolean closed;

  /**
   * Reads the files.
   *
   * @param reports takes a line for each change of the files
   * @throws IOException a file can't be read, or isn't what it should be
   */
  public ServerCertificate(ServerTls tls, Consumer<String> reports) throws IOException {
    this.tls = tls;
    this.reports = reports;
    this.seen = states();
    this.current = read();
    long everyMillis = tls.checkEvery().toMillis();
    checks.scheduleWithFixedDelay(this::check, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  /** The TLS of one new connection. */
  public synchronized SslHandler newHandler(ByteBufAllocator buffers) {
    return current.newHandler(buffers);
  }

  /**
   * Reads the files anew, changed or not.
   *
   * @throws IOException they are no good; what was in them before stays in use
   */
  public void reload() throws IOException {
    SslContext fresh = read();
    synchronized (this) {
      ReferenceCountUtil.release(closed ? fresh : current);
      current = closed ? current : fresh;
    }
  }

  @Override
  public synchronized void close() {
    checks.shutdownNow();
    if (!closed) {
      closed = true;
      ReferenceCountUtil.release(current);
    }
  }

  private void check() {
    List<Object> now = states();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      reload();
      reports.accept("New connections get the certificate that is now in " + tls.certificate());
    } catch (IOException | RuntimeException e) {
      reports.accept("The certificate stays as it was: " + e.getMessage());
    }
  }

  private SslContext read() throws IOException {
    Identity identity = PemFiles.identity(tls.certificate(), tls.key());
    SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain());
    Path clients = tls.clientAuthority();
    if (clients != null) {
      builder.trustManager(PemFiles.certificates(clients)).clientAuth(ClientAuth.REQUIRE);
    }
    return Provider.build(builder);
  }

  /** What changes when a file does, or when a link points elsewhere. */
  private List<Object> states() {
    var states = new ArrayList<>();
    for (Path file : new Path[] {tls.certificate(), tls.key(), tls.clientAuthority()}) {
      states.add(file == null ? "none" : state(file));
    }
    return states;
  }

  private static Object state(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(
          attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
    } catch (IOException unreadable) {
      return "unreadable";
    }
  }
}
