/** TLS from PEM files: BoringSSL where it is on the path, else the JDK's. */
@org.jspecify.annotations.NullMarked
package dev.hangar.wire.tls;
