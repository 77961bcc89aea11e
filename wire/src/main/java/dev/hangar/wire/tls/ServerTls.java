package dev.hangar.wire.tls;

import dev.hangar.wire.Limits;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a server finds what it needs for TLS: PEM files. Immutable.
 *
 * @param certificate its certificate, and behind it those that lead to an authority
 * @param key the certificate's private key, PKCS#8, not encrypted
 * @param clientAuthority certificates of the authorities that sign clients; null where clients need
 *     no certificate
 * @param checkEvery how often the files are looked at for changes
 */
public record ServerTls(
    Path certificate, Path key, @Nullable Path clientAuthority, Duration checkEvery) {

  /** TLS for any client. */
  public static ServerTls of(Path certificate, Path key) {
    return new ServerTls(certificate, key, null, Limits.CERTIFICATE_CHECK_TIME);
  }

  /** TLS for clients alone whose certificate one of these authorities has signed. */
  public ServerTls withClientAuthority(Path clientAuthority) {
    return new ServerTls(certificate, key, clientAuthority, checkEvery);
  }

  public ServerTls withCheckEvery(Duration checkEvery) {
    return new ServerTls(certificate, key, clientAuthority, checkEvery);
  }
}
