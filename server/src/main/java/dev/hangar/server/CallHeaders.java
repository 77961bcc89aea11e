package dev.hangar.server;

import dev.hangar.store.Durability;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The {@code hangar-…} headers of transfers. What is not understood is refused: a caller that asks
 * for more than it gets would not notice.
 */
final class CallHeaders {
  /** Says that it is a Hangar that answers, and what this file tells of is understood. */
  static final Metadata SIGN = Metadata.of("hangar-server", "1");

  /** Which version was read or written, in answers. */
  static final String VERSION = "hangar-version";

  private static final String PREFIX = "hangar-";

  /**
   * Says in answers whether they were kept, and for how long; in questions, whether they may be.
   */
  private static final String CACHE = PREFIX + "cache";

  private static final String SKIP_BATCHES = PREFIX + "skip-batches";

  private static final String SKIP_ROWS = PREFIX + "skip-rows";

  /** Says in answers what a file's state is; in questions, which state it has to have. */
  private static final String FILE = PREFIX + "file";

  /** A part that is sent again takes the place of the one before, key or not. */
  private static final String KEY = PREFIX + "idempotency-key";

  /** What the name of a put has to mean, or else nothing of it is taken. */
  private static final String KIND = PREFIX + "kind";

  private static final String KIND_FILE = "file";
  private static final String KIND_TABLE = "table";

  /**
   * What a client has already of a file, and wants the rest of.
   *
   * @param batches how many record batches
   * @param rows how many rows; negative where it is not said
   * @param file the state it has to have; empty for any
   */
  record Resumption(long batches, long rows, String file) {
    boolean hasRows() {
      return rows >= 0;
    }
  }

  private CallHeaders() {}

  /**
   * How an upload is to be written.
   *
   * @throws StatusException INVALID_ARGUMENT, naming header, value and what there is
   */
  static WriteOptions writeOptions(Metadata headers) {
    WriteOptions options = WriteOptions.DEFAULT;
    var seen = new HashSet<String>();
    for (Map.Entry<String, String> header : ours(headers)) {
      String name = header.getKey();
      String word = name.substring(PREFIX.length());
      if (!isOfWrites(name)) {
        throw unknown(header, writeHeaders());
      }
      if (!seen.add(name)) {
        throw invalid("header " + name + ": there is more than one; say it once");
      }
      if (!name.equals(KIND)) {
        options = WriteWords.apply(options, word, header.getValue(), "header " + name);
      }
    }
    return options;
  }

  private static boolean isOfWrites(String name) {
    return name.equals(KIND) || WriteWords.ALL.contains(name.substring(PREFIX.length()));
  }

  /**
   * Refuses a put to a name that does not mean what the caller takes it for.
   *
   * @throws StatusException INVALID_ARGUMENT: it means the other; or the header says neither
   */
  static void requireKind(Metadata headers, TableName name, boolean isFile) {
    String kind = headers.text(KIND).orElse(isFile ? KIND_FILE : KIND_TABLE);
    switch (kind) {
      case KIND_FILE -> {
        if (!isFile) {
          throw NotThisKind.file(name, "header " + KIND);
        }
      }
      case KIND_TABLE -> {
        if (isFile) {
          throw NotThisKind.table(name, "header " + KIND);
        }
      }
      default ->
          throw invalid(
              "header %s: %s is not understood; it has to be table or file"
                  .formatted(KIND, Quoted.of(kind)));
    }
  }

  /**
   * Whether a file that is to be written must not be there yet. A key under which a put may be
   * repeated is taken: a file that is put twice is the same.
   *
   * @throws StatusException INVALID_ARGUMENT: more is asked than a file has
   */
  static boolean mustBeNewFile(Metadata headers) {
    WriteOptions options = writeOptions(headers);
    for (Map.Entry<String, String> header : ours(headers)) {
      switch (header.getKey().substring(PREFIX.length())) {
        case "if-version", "ttl", "keep-versions" ->
            throw invalid(text(header) + " is not for files: they have no versions and no end");
        case "mode" -> {
          if (options.mode() == WriteOptions.Mode.APPEND) {
            throw invalid(text(header) + " is not for files: they are replaced or created whole");
          }
        }
        case "durability" -> {
          if (options.durability() == Durability.MEMORY) {
            throw invalid(text(header) + " is not for files: they are on the disk");
          }
        }
        default -> {}
      }
    }
    return options.mode() == WriteOptions.Mode.CREATE;
  }

  /** Of an answer that was kept. */
  static Metadata hit(Duration age) {
    return SIGN.with(CACHE, "hit; age=" + age.toSeconds());
  }

  /** Of an answer that was made just now. */
  static Metadata miss() {
    return SIGN.with(CACHE, "miss");
  }

  /** With the state of the file that is read. */
  static Metadata ofFile(Metadata answer, String state) {
    return answer.with(FILE, state);
  }

  /**
   * Whether a download may come from what is kept, and be kept.
   *
   * @throws StatusException INVALID_ARGUMENT: the header says something else than yes or no
   */
  static boolean mayBeKept(Metadata headers) {
    String value = headers.text(CACHE).orElse("yes");
    if (!value.equals("yes") && !value.equals("no")) {
      throw invalid("header %s has to be yes or no, not %s".formatted(CACHE, Quoted.of(value)));
    }
    return value.equals("yes");
  }

  /**
   * Refuses what is said of one part of an upload that was said when the upload began.
   *
   * @throws StatusException INVALID_ARGUMENT, naming header and value
   */
  static void checkPart(Metadata headers) {
    for (Map.Entry<String, String> header : ours(headers)) {
      if (!header.getKey().equals(KEY)) {
        throw invalid(
            text(header)
                + " is not for a part of an upload; StartParallelUpload takes it for all parts");
      }
    }
  }

  /**
   * How many record batches a download leaves out at its beginning, because they are there already.
   *
   * @throws StatusException INVALID_ARGUMENT, naming header, value and what there is
   */
  static long skipBatches(Metadata headers) {
    requireKnown(headers, List.of(SKIP_BATCHES, CACHE));
    return number(headers, SKIP_BATCHES, 0, "a number of record batches");
  }

  /**
   * What a download of a file leaves out at its beginning, because it is there already.
   *
   * @throws StatusException INVALID_ARGUMENT, naming header, value and what there is
   */
  static Resumption resumption(Metadata headers) {
    requireKnown(headers, List.of(SKIP_BATCHES, SKIP_ROWS, FILE, CACHE));
    return new Resumption(
        number(headers, SKIP_BATCHES, 0, "a number of record batches"),
        number(headers, SKIP_ROWS, -1, "a number of rows"),
        headers.text(FILE).orElse(""));
  }

  /** A client may say how it writes with every call. */
  private static void requireKnown(Metadata headers, List<String> known) {
    for (Map.Entry<String, String> header : ours(headers)) {
      String name = header.getKey();
      if (!known.contains(name) && !isOfWrites(name)) {
        throw unknown(header, String.join(", ", known));
      }
    }
  }

  private static long number(Metadata headers, String name, long otherwise, String what) {
    long number = otherwise;
    for (Map.Entry<String, String> header : ours(headers)) {
      if (header.getKey().equals(name)) {
        number = WriteWords.number(header.getValue(), Long.MAX_VALUE, "header " + name, what);
      }
    }
    return number;
  }

  /** There are fewer record batches than a download is to leave out. */
  static StatusException tooManySkipped(long skipped, long there) {
    return invalid(
        "header %s: %d is more than the %d record batches of this ticket"
            .formatted(SKIP_BATCHES, skipped, there));
  }

  /** There are fewer rows than a download is to leave out. */
  static StatusException tooManyRowsSkipped(long skipped, long there) {
    return invalid(
        "header %s: %d is more than the %d rows of this ticket"
            .formatted(SKIP_ROWS, skipped, there));
  }

  /** A file of which only whole batches can be left out has others than a client has seen. */
  static StatusException otherBatches(long batches, long rows, long there) {
    return new StatusException(
        StatusCode.ABORTED,
        "the first %d record batches have %d rows now, and not %d; get the file again"
            .formatted(batches, there, rows));
  }

  private static List<Map.Entry<String, String>> ours(Metadata headers) {
    return headers.entries().stream().filter(h -> h.getKey().startsWith(PREFIX)).toList();
  }

  private static String writeHeaders() {
    return WriteWords.ALL.stream()
        .map(PREFIX::concat)
        .collect(Collectors.joining(", ", "", ", " + KIND));
  }

  private static StatusException unknown(Map.Entry<String, String> header, String known) {
    return invalid(text(header) + " is not understood here; there are " + known);
  }

  private static String text(Map.Entry<String, String> header) {
    return "header " + header.getKey() + ": " + Quoted.of(header.getValue());
  }

  private static StatusException invalid(String message) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, message);
  }
}
