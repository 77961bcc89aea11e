package dev.hangar.store.part;

import dev.hangar.store.file.MappedFile;

/**
 * The bytes of a part's file that no checksum is over: lengths in front of messages, zeros between
 * them, and the end of the stream. Hangar reads none of them; other readers of the file do.
 */
final class PartGaps {
  private final MappedFile bytes;
  private final PartLabel label;
  private final PartIndex index;
  private long position;

  /** Those of a file whose frame is what was stored. */
  PartGaps(MappedFile bytes, PartLabel label, PartIndex index) {
    this.bytes = bytes;
    this.label = label;
    this.index = index;
  }

  /** Goes from the file's start to its footer. */
  void check() {
    position = PartFormat.magic().limit();
    zerosTo(PartFormat.START);
    long schemaEnd = PartFormat.SCHEMA_OFFSET + (long) index.schemaBytes();
    long first = PartFormat.align(schemaEnd, PartFormat.ALIGNMENT);
    prefix(first - PartFormat.SCHEMA_OFFSET);
    zeros(schemaEnd, first);
    for (int i = 0; i < index.entries(); i++) {
      message(index.entry(i));
      zerosTo(PartFormat.align(position, PartFormat.ALIGNMENT));
    }
    prefix(0);
  }

  private void message(PartIndex.Entry entry) {
    if (entry.metadataBytes() != PartIndex.ABSENT) {
      prefix(entry.bodyOffset() - entry.metadataOffset());
      position = entry.metadataOffset() + entry.metadataBytes();
    }
    if (entry.appBytes() != PartIndex.ABSENT) {
      zerosTo(entry.appOffset());
      position = entry.appOffset() + entry.appBytes();
    }
    if (entry.metadataBytes() != PartIndex.ABSENT) {
      zerosTo(entry.bodyOffset());
      position = entry.bodyOffset() + entry.bodyBytes();
    }
  }

  private void prefix(long length) {
    var prefix = bytes.slice(position, PartFormat.PREFIX_BYTES);
    int announced = prefix.getInt(Integer.BYTES);
    if (prefix.getInt(0) != PartFormat.CONTINUATION || announced != length) {
      throw label.damaged(
          position,
          "the length at byte %d is %08x %d, written was ffffffff %d"
              .formatted(position, prefix.getInt(0), announced, length));
    }
    position += PartFormat.PREFIX_BYTES;
  }

  private void zerosTo(long end) {
    zeros(position, end);
  }

  private void zeros(long start, long end) {
    var gap = bytes.slice(start, Math.toIntExact(end - start));
    for (int i = 0; i < gap.limit(); i++) {
      if (gap.get(i) != 0) {
        throw label.damaged(
            start + i, "byte %d is %02x, written was 00".formatted(start + i, gap.get(i)));
      }
    }
    position = end;
  }
}
