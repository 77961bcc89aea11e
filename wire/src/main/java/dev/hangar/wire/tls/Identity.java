package dev.hangar.wire.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** A private key and the certificates that go with it, the key's own first. Holds a secret. */
final class Identity {
  private final PrivateKey key;
  private final X509Certificate[] chain;

  Identity(PrivateKey key, X509Certificate[] chain) {
    this.key = key;
    this.chain = chain.clone();
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate[] chain() {
    return chain.clone();
  }
}
