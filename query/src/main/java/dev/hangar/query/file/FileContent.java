package dev.hangar.query.file;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The beginning of a file, decompressed, and what it tells about the rest. Immutable. */
public final class FileContent {
  /** At most this much of a file is looked at here. */
  static final int HEAD_BYTES = 64 << 10;

  private static final byte[] PARQUET = ascii("PAR1");
  private static final byte[] ENCRYPTED_PARQUET = ascii("PARE");
  private static final byte[] ARROW_FILE = ascii("ARROW1");
  private static final byte[] FEATHER_1 = ascii("FEA1");
  private static final byte[] ORC = ascii("ORC");
  private static final byte[] ZIP = ascii("PK\3\4");
  private static final byte[] ZSTD = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final byte[] IPC_CONTINUATION = {-1, -1, -1, -1};

  private final Path file;
  private final byte[] head;
  private final boolean gzip;

  private FileContent(Path file, byte[] head, boolean gzip) {
    this.file = file;
    this.head = head;
    this.gzip = gzip;
  }

  /**
   * Reads the beginning of a file.
   *
   * @throws DataFileException it is missing, a directory, unreadable or empty
   */
  public static FileContent of(Path file) throws DataFileException {
    if (Files.isDirectory(file)) {
      throw new DataFileException(file + " is a directory; name one file in it");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      in.mark(2);
      boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
      in.reset();
      byte[] head = gzip ? decompressed(in) : in.readNBytes(HEAD_BYTES);
      if (head.length == 0) {
        throw empty(file);
      }
      return new FileContent(file, head, gzip);
    } catch (NoSuchFileException e) {
      throw new DataFileException(file + " does not exist; check the path", e);
    } catch (AccessDeniedException e) {
      throw new DataFileException(file + " may not be read; check its permissions", e);
    } catch (ZipException | EOFException e) {
      throw new DataFileException(file + " is damaged gzip; fetch or compress it again", e);
    } catch (DataFileException e) {
      throw e;
    } catch (IOException e) {
      throw new DataFileException(file + " can't be read: " + e.getMessage(), e);
    }
  }

  /** What is said of a file without bytes. */
  static DataFileException empty(Path file) {
    return new DataFileException(file + " is empty; a table needs at least its column names");
  }

  /** Whether a stream has no bytes; it is left at its beginning. */
  static boolean isEmpty(BufferedInputStream in) throws IOException {
    in.mark(1);
    boolean isEmpty = in.read() < 0;
    in.reset();
    return isEmpty;
  }

  /** Whether a stream of bytes begins as an Arrow stream does; it is left at its beginning. */
  static boolean isArrowStream(BufferedInputStream in) throws IOException {
    in.mark(IPC_CONTINUATION.length);
    byte[] start = in.readNBytes(IPC_CONTINUATION.length);
    in.reset();
    return Arrays.equals(start, IPC_CONTINUATION);
  }

  /**
   * The file's format: by content where that is conclusive, else by the ending of its name.
   *
   * @throws DataFileException it is none that is read here, or not what its name says
   */
  public FileFormat format() throws DataFileException {
    if (gzip) {
      return textFormat();
    }
    if (startsWith(PARQUET)) {
      return FileFormat.PARQUET;
    }
    if (startsWith(ARROW_FILE)) {
      return FileFormat.ARROW_FILE;
    }
    if (startsWith(IPC_CONTINUATION)) {
      return FileFormat.ARROW_STREAM;
    }
    rejectKnownOthers();
    return textFormat();
  }

  private FileFormat textFormat() throws DataFileException {
    if (!looksLikeText()) {
      throw unsupported("binary data of an unknown format");
    }
    FileFormat named = FileFormat.ofEnding(file).orElse(FileFormat.CSV);
    char first = firstCharacter();
    if (first == '{' || (first == '[' && named == FileFormat.JSON_LINES)) {
      return FileFormat.JSON_LINES;
    }
    return switch (named) {
      case CSV -> FileFormat.CSV;
      case JSON_LINES -> throw contradicts(named, "its first line is not a JSON object");
      case PARQUET, ARROW_FILE, ARROW_STREAM -> throw contradicts(named, "it holds text");
    };
  }

  private void rejectKnownOthers() throws DataFileException {
    if (startsWith(ENCRYPTED_PARQUET)) {
      throw unsupported("encrypted Parquet");
    }
    if (startsWith(FEATHER_1)) {
      throw unsupported("Feather version 1 (write it again as Feather version 2)");
    }
    if (startsWith(ORC)) {
      throw unsupported("ORC");
    }
    if (startsWith(ZIP)) {
      throw unsupported("a ZIP archive (or a spreadsheet)");
    }
    if (startsWith(ZSTD)) {
      throw unsupported("Zstandard-compressed data (decompress it first)");
    }
  }

  Path file() {
    return file;
  }

  /** Whether it is compressed with gzip. */
  boolean gzip() {
    return gzip;
  }

  /** The first line of text; may be cut. */
  String firstLine() {
    return new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("");
  }

  /** Bytes of a line of text on average, as far as the beginning tells. */
  long lineBytes() {
    int lines = 0;
    for (byte b : head) {
      lines += b == '\n' ? 1 : 0;
    }
    return head.length / Math.max(1, lines);
  }

  private boolean looksLikeText() {
    for (byte b : head) {
      if (b == 0) {
        return false;
      }
    }
    return true;
  }

  private char firstCharacter() {
    int start = startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    for (int i = start; i < head.length; i++) {
      char c = (char) head[i];
      if (!Character.isWhitespace(c)) {
        return c;
      }
    }
    return 0;
  }

  private boolean startsWith(byte[] magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  private DataFileException unsupported(String found) {
    return new DataFileException(
        file + " holds " + found + "; Parquet, CSV, JSON lines and Arrow files can be read");
  }

  private DataFileException contradicts(FileFormat named, String found) {
    return new DataFileException(
        "%s is named like %s, but %s; rename it to what it is"
            .formatted(file, named.label(), found));
  }

  private static byte[] decompressed(InputStream in) throws IOException {
    try (var gzip = new GZIPInputStream(in)) {
      return gzip.readNBytes(HEAD_BYTES);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
