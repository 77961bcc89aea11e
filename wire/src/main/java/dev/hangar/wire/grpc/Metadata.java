package dev.hangar.wire.grpc;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The custom headers or trailers of a call, in order, names in lower case (gRPC {@code
 * PROTOCOL-HTTP2.md}, Custom-Metadata).
 *
 * <p>Values are ASCII text; a name that ends in {@code -bin} has bytes, which travel as base64.
 * Names may repeat. Immutable.
 */
public final class Metadata {
  public static final Metadata EMPTY = new Metadata(List.of());

  /** What each entry of a header list counts for besides its bytes (RFC 9113, 6.5.2). */
  static final int ENTRY_BYTES = 32;

  private static final String BINARY_SUFFIX = "-bin";

  /** Advice on retries, which belongs to whoever retries (gRPC A6). */
  private static final String PUSHBACK = "grpc-retry-pushback-ms";

  private final List<Map.Entry<String, String>> entries;

  private Metadata(List<Map.Entry<String, String>> entries) {
    this.entries = entries;
  }

  /** One text entry. */
  public static Metadata of(String name, String value) {
    return EMPTY.with(name, value);
  }

  /** This, and one more text entry. */
  public Metadata with(String name, String value) {
    var more = new ArrayList<>(entries);
    more.add(Map.entry(name.toLowerCase(Locale.ROOT), value));
    return new Metadata(List.copyOf(more));
  }

  /** This, and one more entry of bytes; its name ends in {@code -bin}. */
  public Metadata with(String name, byte[] value) {
    if (!name.endsWith(BINARY_SUFFIX)) {
      throw new IllegalArgumentException(
          "metadata of bytes is named …" + BINARY_SUFFIX + ", not " + name);
    }
    return with(name, Base64.getEncoder().withoutPadding().encodeToString(value));
  }

  /** The first text under a name. */
  public Optional<String> text(String name) {
    return entries.stream()
        .filter(entry -> entry.getKey().equals(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** The first bytes under a name; empty where they are not base64. */
  public Optional<byte[]> bytes(String name) {
    return text(name).flatMap(Metadata::decode);
  }

  /** Names and values, as they travel. */
  public List<Map.Entry<String, String>> entries() {
    return entries;
  }

  /** Padded or not, and the first where several are joined by commas. */
  private static Optional<byte[]> decode(String value) {
    int comma = value.indexOf(',');
    try {
      return Optional.of(Base64.getDecoder().decode(comma < 0 ? value : value.substring(0, comma)));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  static Metadata read(Http2Headers headers) {
    var entries = new ArrayList<Map.Entry<String, String>>();
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      String name = header.getKey().toString();
      if (!isProtocol(name)) {
        entries.add(Map.entry(name, header.getValue().toString()));
      }
    }
    return entries.isEmpty() ? EMPTY : new Metadata(List.copyOf(entries));
  }

  /** What this counts for in a header list (RFC 9113, 6.5.2). */
  int listBytes() {
    return entries.stream()
        .mapToInt(entry -> entry.getKey().length() + entry.getValue().length() + ENTRY_BYTES)
        .sum();
  }

  void write(Http2Headers headers) {
    for (Map.Entry<String, String> entry : entries) {
      headers.add(entry.getKey(), entry.getValue());
    }
  }

  private static boolean isProtocol(String name) {
    return name.startsWith(":")
        || name.equals("te")
        || name.equals("content-type")
        || (name.startsWith("grpc-") && !name.endsWith(BINARY_SUFFIX) && !name.equals(PUSHBACK));
  }

  @Override
  public String toString() {
    // values may be secrets
    return entries.stream().map(Map.Entry::getKey).toList().toString();
  }
}
