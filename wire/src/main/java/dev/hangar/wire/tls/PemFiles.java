package dev.hangar.wire.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Certificates and keys out of PEM files (RFC 7468). No message shows what is in a key's file. */
final class PemFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END");

  /** Kinds of key, each with a signature that its owner can make. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private PemFiles() {}

  /**
   * A key and its certificates, checked to belong together and to be valid now.
   *
   * @throws IOException they don't, or aren't, or can't be read
   */
  static Identity identity(Path certificate, Path key) throws IOException {
    X509Certificate[] chain = certificates(certificate);
    requireValid(certificate, chain[0]);
    PrivateKey secret = key(key);
    if (!belongTogether(secret, chain[0].getPublicKey())) {
      throw new IOException(
          "the key in "
              + key
              + " is not that of the certificate in "
              + certificate
              + ": name the two that were made together");
    }
    return new Identity(secret, chain);
  }

  /** All certificates of a file, at least one. */
  static X509Certificate[] certificates(Path file) throws IOException {
    try {
      X509Certificate[] all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(read(file)))
              .toArray(new X509Certificate[0]);
      if (all.length > 0) {
        return all;
      }
    } catch (CertificateException e) {
      throw new IOException(notCertificates(file), e);
    }
    throw new IOException(notCertificates(file));
  }

  private static String notCertificates(Path file) {
    return file + " holds no certificates in PEM, which begin with -----BEGIN CERTIFICATE-----";
  }

  private static void requireValid(Path file, X509Certificate certificate) throws IOException {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      throw new IOException(
          "the certificate in "
              + file
              + " was valid until "
              + certificate.getNotAfter().toInstant()
              + ": it has to be renewed",
          e);
    } catch (CertificateNotYetValidException e) {
      throw new IOException(
          "the certificate in "
              + file
              + " is valid from "
              + certificate.getNotBefore().toInstant()
              + " on: is this machine's clock right?",
          e);
    }
  }

  private static PrivateKey key(Path file) throws IOException {
    Matcher pem = KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw new IOException(
          file + " holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----");
    }
    if (!pem.group(1).isEmpty()) {
      throw new IOException(
          "the key in "
              + file
              + " is encrypted or in an old format; this makes one that can be read: openssl pkcs8"
              + " -topk8 -nocrypt -in "
              + file
              + " -out key.pem");
    }
    return decode(file, pem.group(2));
  }

  private static PrivateKey decode(Path file, String base64) throws IOException {
    for (String algorithm : SIGNATURES.keySet()) {
      PrivateKey key = decode(base64, algorithm);
      if (key != null) {
        return key;
      }
    }
    throw new IOException(file + " holds a private key that is broken, or neither RSA nor EC");
  }

  private static @Nullable PrivateKey decode(String base64, String algorithm) {
    try {
      byte[] der = Base64.getMimeDecoder().decode(base64);
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException another) {
      return null;
    }
  }

  /** Whether what one signs the other confirms. */
  private static boolean belongTogether(PrivateKey secret, PublicKey open) throws IOException {
    String algorithm = SIGNATURES.get(secret.getAlgorithm());
    try {
      byte[] text = "one pair".getBytes(StandardCharsets.US_ASCII);
      Signature signing = Signature.getInstance(String.valueOf(algorithm));
      signing.initSign(secret);
      signing.update(text);
      byte[] signature = signing.sign();
      Signature confirming = Signature.getInstance(String.valueOf(algorithm));
      confirming.initVerify(open);
      confirming.update(text);
      return confirming.verify(signature);
    } catch (GeneralSecurityException otherKind) {
      return false;
    }
  }

  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
