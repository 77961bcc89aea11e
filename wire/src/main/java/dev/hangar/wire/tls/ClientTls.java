package dev.hangar.wire.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a client trusts, and what it shows: PEM files, read anew for each connection. Immutable.
 *
 * @param authority certificates of the authorities that sign servers; null for Java's own
 * @param certificate the client's, for servers that want one; null for none
 * @param key the certificate's private key, PKCS#8, not encrypted
 * @param overrideHostname the name that the server's certificate has to carry; null for the host of
 *     the location
 */
public record ClientTls(
    @Nullable Path authority,
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable String overrideHostname) {
  /** Java's authorities, no certificate. */
  public static final ClientTls SYSTEM = new ClientTls(null, null, null, null);

  public ClientTls {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "a client's certificate and its key go together: "
              + (certificate == null ? "no certificate for " + key : "no key for " + certificate));
    }
  }

  /** Trusts these authorities alone. */
  public ClientTls withAuthority(Path authority) {
    return new ClientTls(authority, certificate, key, overrideHostname);
  }

  /** Shows this certificate to servers that want one. */
  public ClientTls withCertificate(Path certificate, Path key) {
    return new ClientTls(authority, certificate, key, overrideHostname);
  }

  /** For tests, whose servers are not where their certificates say. */
  public ClientTls withOverrideHostname(String hostname) {
    return new ClientTls(authority, certificate, key, hostname);
  }

  /**
   * A context for one connection; release it.
   *
   * @throws IOException a file can't be read, or isn't what it should be
   */
  public SslContext open() throws IOException {
    SslContextBuilder builder = SslContextBuilder.forClient();
    if (authority != null) {
      builder.trustManager(PemFiles.certificates(authority));
    }
    if (certificate != null && key != null) {
      Identity identity = PemFiles.identity(certificate, key);
      builder.keyManager(identity.key(), identity.chain());
    }
    return Provider.build(builder);
  }
}
