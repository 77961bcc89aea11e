package dev.hangar.store.part;

import dev.hangar.store.catalog.Rows;
import dev.hangar.store.file.MappedFile;

/** What holds a part's file together: its length, ends and footer, held against the catalog. */
final class PartFrame {
  private final MappedFile bytes;
  private final PartLabel label;
  private final Rows.PartFile stored;

  PartFrame(MappedFile bytes, PartLabel label, Rows.PartFile stored) {
    this.bytes = bytes;
    this.label = label;
    this.stored = stored;
  }

  /** Each check makes the next one safe: nothing is read that is not known to be there. */
  PartIndex index() {
    requireLength();
    requireMagic(0);
    requireMagic(bytes.size() - PartFormat.magic().limit());
    int footerBytes = footerBytes();
    long footer = bytes.size() - PartFormat.END_BYTES - footerBytes;
    requireChecksum(footer);
    var index = index(footer, footerBytes);
    requireConsistent(index, footer);
    return index;
  }

  private void requireLength() {
    if (bytes.size() != stored.fileBytes() || bytes.size() < PartFormat.LEAST_BYTES) {
      throw label.damaged(
          Math.min(bytes.size(), stored.fileBytes()),
          "it has %d bytes, stored were %d".formatted(bytes.size(), stored.fileBytes()));
    }
  }

  private void requireMagic(long offset) {
    var magic = PartFormat.magic();
    if (!bytes.slice(offset, magic.limit()).equals(magic)) {
      throw label.damaged(offset, "no ARROW1 at byte %d".formatted(offset));
    }
  }

  private int footerBytes() {
    long offset = bytes.size() - PartFormat.END_BYTES;
    int length = bytes.slice(offset, Integer.BYTES).getInt(0);
    if (length <= 0 || length > bytes.size() - PartFormat.LEAST_BYTES) {
      throw label.damaged(
          offset,
          "its footer at byte %d would have %d bytes, the file has %d"
              .formatted(offset, length, bytes.size()));
    }
    return length;
  }

  private void requireChecksum(long footer) {
    var end = bytes.slice(footer, Math.toIntExact(bytes.size() - footer));
    int checksum = Checksum.ofMapped(end);
    if (checksum != stored.footerChecksum()) {
      throw label.damaged(
          footer,
          "the footer at byte %d has the checksum %08x, the catalog %08x"
              .formatted(footer, checksum, stored.footerChecksum()));
    }
  }

  private PartIndex index(long footer, int footerBytes) {
    try {
      return PartFooter.index(bytes.slice(footer, footerBytes));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw label.damaged(footer, "the footer at byte %d: %s".formatted(footer, e.getMessage()), e);
    }
  }

  private void requireConsistent(PartIndex index, long footer) {
    long room = footer - PartFormat.PREFIX_BYTES - PartFormat.SCHEMA_OFFSET;
    if (index.schemaBytes() < 0 || index.schemaBytes() > room) {
      throw label.damaged(footer, "a schema of %d bytes".formatted(index.schemaBytes()));
    }
    long rows = 0;
    long bodies = 0;
    for (int i = 0; i < index.entries(); i++) {
      var entry = index.entry(i);
      if (!entry.isWithin(PartFormat.SCHEMA_OFFSET, footer)) {
        throw label.damaged(footer, "message %d lies outside it: %s".formatted(i, entry));
      }
      rows += entry.rows();
      bodies += entry.bodyBytes();
    }
    requireSums(footer, index.entries(), rows, bodies);
  }

  private void requireSums(long footer, int messages, long rows, long bodies) {
    if (messages != stored.batches() || rows != stored.rows() || bodies != stored.bytes()) {
      throw label.damaged(
          footer,
          "%d messages of %d rows and %d bytes, stored were %d of %d and %d"
              .formatted(messages, rows, bodies, stored.batches(), stored.rows(), stored.bytes()));
    }
  }
}
