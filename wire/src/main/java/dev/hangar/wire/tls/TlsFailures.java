package dev.hangar.wire.tls;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong between a client and a server, in the client's words.
 *
 * <p>Messages of the libraries are not passed on where they may show what the peer has sent.
 */
public final class TlsFailures {
  private TlsFailures() {}

  /** What is wrong with TLS, and what to do; empty where TLS is not what has failed. */
  public static Optional<String> sentence(@Nullable Throwable failure) {
    Optional<String> sentence = Optional.empty();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String said = one(cause);
      if (said != null) {
        sentence = Optional.of(said); // the innermost knows most
      }
    }
    return sentence;
  }

  private static @Nullable String one(Throwable cause) {
    if (cause instanceof NotSslRecordException) {
      return "it does not speak TLS; without TLS its location begins with grpc://";
    }
    if (cause instanceof CertificateExpiredException || isReason(cause, BasicReason.EXPIRED)) {
      return "its certificate has expired and has to be renewed";
    }
    if (cause instanceof CertificateNotYetValidException
        || isReason(cause, BasicReason.NOT_YET_VALID)) {
      return "its certificate is not valid yet; is this machine's clock right?";
    }
    if (cause instanceof CertPathBuilderException) {
      return "its certificate is signed by no authority trusted here; say which to trust, with"
          + " --tls-ca or ClientTls.withAuthority";
    }
    if (cause instanceof CertificateException && isAboutNames(cause)) {
      return "its certificate is for another name (" + cause.getMessage() + ")";
    }
    if (cause instanceof SSLException) {
      return alert(String.valueOf(cause.getMessage()));
    }
    return null;
  }

  private static boolean isReason(Throwable cause, BasicReason reason) {
    return cause instanceof CertPathValidatorException invalid && invalid.getReason() == reason;
  }

  private static boolean isAboutNames(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return message.contains("No subject alternative") || message.contains("No name matching");
  }

  /** What the server's alert means (RFC 8446, 6.2); libraries spell them differently. */
  private static String alert(String message) {
    String alert = message.toLowerCase(Locale.ROOT).replace(' ', '_');
    if (alert.contains("certificate_required")) {
      return "it wants a client's certificate; give one, with --tls-cert and --tls-key or"
          + " ClientTls.withCertificate";
    }
    if (alert.contains("unknown_ca") || alert.contains("certificate_unknown")) {
      return "it does not know the authority that signed this client's certificate";
    }
    if (alert.contains("certificate_expired")) {
      return "this client's certificate has expired and has to be renewed";
    }
    if (alert.contains("bad_certificate")
        || alert.contains("unsupported_certificate")
        || alert.contains("handshake_failure")) {
      return "it refused this client's certificate, or wants one and got none (--tls-cert and"
          + " --tls-key, or ClientTls.withCertificate)";
    }
    if (alert.contains("protocol_version")) {
      return "it speaks no TLS 1.2 or newer";
    }
    return "TLS failed: " + message;
  }
}
