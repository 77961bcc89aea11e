package dev.hangar.store.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Looks through the log of commits that stands beside a SQLite database until they are folded into
 * it (SQLite, "Database File Format", section 4).
 *
 * <p>SQLite reads a log up to the first frame that is not as it was written, because a power cut
 * leaves such frames in the commit that was being written then; what lies behind is dropped without
 * a word. But a commit is written only when the one before it is durable. So a whole commit behind
 * a broken one tells that the broken one had been acknowledged, and that the disk has changed it
 * since. A broken last commit tells nothing: it may have been cut.
 */
final class WriteAheadLog {
  private static final int HEADER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 24;

  /** Where the salts are, which tell the frames of this log from those it has overwritten. */
  private static final int HEADER_SALTS = 16;

  private static final int FRAME_SALTS = 8;
  private static final int HEADER_SUM = 24;
  private static final int FRAME_SUM = 16;

  /** The size of the database behind a commit; 0 in frames that end none. */
  private static final int FRAME_COMMIT = 4;

  /** The lowest bit tells the byte order of the words that checksums are taken of. */
  private static final int MAGIC = 0x377f0682;

  private static final int HEADER_PAGE_BYTES = 8;
  private static final int PAGE_BYTES_MIN = 512;
  private static final int PAGE_BYTES_MAX = 65_536;

  /** Where a database says how large its pages are; 1 stands for 65,536. */
  private static final int DATABASE_PAGE_BYTES = 16;

  private final FileChannel log;
  private final ByteBuffer frame;
  private ByteOrder order = ByteOrder.nativeOrder();
  private long salts;

  /** The checksum in front of the frame: each is taken on from the one before. */
  private long sum;

  /** Where the last thing is that is not as it was written; -1: all is, as yet. */
  private long broken = -1;

  private boolean isBrokenCommitOver;

  private WriteAheadLog(FileChannel log, int pageBytes) {
    this.log = log;
    this.frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + pageBytes);
  }

  /** The file of the log of the database in {@code file}. */
  static Path of(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  /**
   * Reads the log of a database that nobody has open.
   *
   * @throws dev.hangar.store.StorageException if a commit in it was acknowledged, and is broken
   */
  static void requireWhole(Path file) throws IOException {
    Path path = of(file);
    if (!Files.exists(path) || !Files.exists(file)) {
      return;
    }
    int pageBytes = pageBytes(file);
    if (pageBytes < PAGE_BYTES_MIN) {
      return; // the database itself is damaged, which SQLite tells
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long broken = new WriteAheadLog(channel, pageBytes).brokenCommit();
      if (broken >= 0) {
        throw Damage.of(
            ("%s, the log of the catalog, is damaged (at byte %d it is not what was written, and"
                    + " whole commits stand behind that)")
                .formatted(path, broken));
      }
    }
  }

  private static int pageBytes(Path file) throws IOException {
    var bytes = ByteBuffer.allocate(Short.BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(bytes, DATABASE_PAGE_BYTES);
    }
    int told = Short.toUnsignedInt(bytes.getShort(0));
    return told == 1 ? PAGE_BYTES_MAX : told;
  }

  /** Where a commit is broken that has a whole one behind it; -1: nowhere. */
  private long brokenCommit() throws IOException {
    if (!readHeader()) {
      broken = 0;
    }
    int frameBytes = frame.capacity();
    for (long at = HEADER_BYTES; read(frame, at); at += frameBytes) {
      if (at == HEADER_BYTES && broken == 0) {
        salts = frame.getLong(FRAME_SALTS);
      }
      boolean isOfThisLog = frame.getLong(FRAME_SALTS) == salts;
      boolean endsCommit = isOfThisLog && frame.getInt(FRAME_COMMIT) != 0;
      boolean isWhole = isOfThisLog && isWhole();
      if (isWhole && endsCommit && isBrokenCommitOver) {
        return broken;
      }
      if (!isWhole && !isFirstBehindBroken(at)) {
        broken = at;
        isBrokenCommitOver = false;
      }
      isBrokenCommitOver |= broken >= 0 && endsCommit;
      sum = frame.getLong(FRAME_SUM);
    }
    return -1;
  }

  /** Its checksum is taken on from the broken one's, and may be wrong for that alone. */
  private boolean isFirstBehindBroken(long at) {
    return broken >= 0 && at - broken <= (broken == 0 ? HEADER_BYTES : frame.capacity());
  }

  private boolean readHeader() throws IOException {
    var header = ByteBuffer.allocate(HEADER_BYTES);
    if (!read(header, 0)) {
      return false;
    }
    int magic = header.getInt(0);
    salts = header.getLong(HEADER_SALTS);
    sum = header.getLong(HEADER_SUM);
    if ((magic & ~1) != MAGIC
        || header.getInt(HEADER_PAGE_BYTES) != frame.capacity() - FRAME_HEADER_BYTES) {
      return false;
    }
    order = (magic & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return sum(0, header, 0, HEADER_SUM) == sum;
  }

  private boolean isWhole() {
    long start = sum(sum, frame, 0, FRAME_SALTS);
    return sum(start, frame, FRAME_HEADER_BYTES, frame.capacity()) == frame.getLong(FRAME_SUM);
  }

  /** Two sums of 32 bits each, taken on from {@code start} over the words in between. */
  private long sum(long start, ByteBuffer bytes, int from, int to) {
    ByteBuffer words = bytes.duplicate().order(order);
    int first = (int) (start >>> Integer.SIZE);
    int second = (int) start;
    for (int i = from; i < to; i += Long.BYTES) {
      first += words.getInt(i) + second;
      second += words.getInt(i + Integer.BYTES) + first;
    }
    return (long) first << Integer.SIZE | Integer.toUnsignedLong(second);
  }

  /** Fills the buffer; false if the log ends before. */
  private boolean read(ByteBuffer into, long at) throws IOException {
    into.clear();
    while (into.hasRemaining()) {
      if (log.read(into, at + into.position()) < 0) {
        return false;
      }
    }
    into.flip();
    return true;
  }
}
