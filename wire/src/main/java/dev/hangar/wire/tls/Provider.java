package dev.hangar.wire.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** The TLS of this platform, as HTTP/2 wants it (RFC 9113, 9.2): 1.2 or newer, ALPN h2. */
final class Provider {
  private static final SslProvider CHOSEN =
      OpenSsl.isAvailable() && SslProvider.isAlpnSupported(SslProvider.OPENSSL_REFCNT)
          ? SslProvider.OPENSSL_REFCNT
          : SslProvider.JDK;

  /** What both libraries can do; who gets h2 and nothing else is looked at after the handshake. */
  private static final ApplicationProtocolConfig H2 =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2);

  private Provider() {}

  static SslContext build(SslContextBuilder builder) throws IOException {
    try {
      return builder
          .sslProvider(CHOSEN)
          .protocols("TLSv1.3", "TLSv1.2")
          .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
          .applicationProtocolConfig(H2)
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IOException("TLS can't be set up with these certificates: " + e.getMessage(), e);
    }
  }
}
