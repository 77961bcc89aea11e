package dev.hangar.store.part;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The form of a part on disk: an Arrow IPC file (Arrow's "Columnar format", IPC file format) that
 * keeps what came byte for byte. All numbers are little endian.
 *
 * <pre>
 *   0  "ARROW1", 2 zeros
 *   8  the schema      FFFFFFFF │ int32 n │ n: message, zeros to 8
 *      each message    FFFFFFFF │ int32 n │ n: message, zeros to 8, application metadata, zeros
 *                      body, at a multiple of 64, and zeros to 8
 *      or              application metadata that came alone, and zeros to 8
 *      end of stream   FFFFFFFF │ 00000000
 *      footer          a flatbuffer of n bytes
 *      end             int32 n │ "ARROW1"
 * </pre>
 *
 * <p>The application metadata of a message lies in the room between its metadata and its body,
 * which Arrow's readers pass over as padding. Where every message has a body of the length it
 * announces, and none is application metadata alone, bytes 8 and on are an IPC stream too. That is
 * the only way for Arrow's own readers where a dictionary is replaced: files have no order between
 * dictionaries and batches, so their readers refuse a second one of the same id.
 *
 * <p>The footer is Arrow's, with blocks for the messages. Its schema is the one that came, not one
 * made anew: the bytes of the schema message lie in the footer as they are, and the footer's
 * reference to a schema points into them. Under the key {@value #INDEX_KEY} it has, in base64, the
 * {@link PartIndex}. The catalog has the checksum of the footer, the index those of everything else
 * but zeros, so that every byte that is ever handed out is checked against the catalog.
 */
final class PartFormat {
  static final String INDEX_KEY = "hangar.index";

  /** Stands before the length of a message. */
  static final int CONTINUATION = -1;

  /** The continuation and the length. */
  static final int PREFIX_BYTES = 8;

  /** Where the first message begins, which is the schema's. */
  static final int START = 8;

  static final int SCHEMA_OFFSET = START + PREFIX_BYTES;

  /** What bodies are aligned to, as Arrow recommends: a cache line. */
  static final int BODY_ALIGNMENT = 64;

  /** What everything else is aligned to. */
  static final int ALIGNMENT = 8;

  /** The footer's length and the magic after it. */
  static final int END_BYTES = 4 + 6;

  /** Magic, a schema's prefix, the end of the stream, a footer's end: no part is shorter. */
  static final int LEAST_BYTES = SCHEMA_OFFSET + PREFIX_BYTES + END_BYTES;

  private static final ByteBuffer MAGIC =
      ByteBuffer.wrap("ARROW1".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();

  private static final ByteBuffer ZEROS =
      ByteBuffer.allocateDirect(BODY_ALIGNMENT).asReadOnlyBuffer();

  private PartFormat() {}

  static ByteBuffer magic() {
    return MAGIC.duplicate();
  }

  static long align(long offset, int alignment) {
    return (offset + alignment - 1) & -alignment;
  }

  /** The zeros from {@code offset} to {@code aligned}, fewer than {@link #BODY_ALIGNMENT}. */
  static ByteBuffer padding(long offset, long aligned) {
    return ZEROS.slice(0, Math.toIntExact(aligned - offset));
  }

  /** A part's file. */
  static Path file(Path directory, String id) {
    return directory.resolve(id + ".arrow");
  }

  /** A part's file while it is written. */
  static Path temporary(Path directory, String id) {
    return directory.resolve(id + ".tmp");
  }
}
