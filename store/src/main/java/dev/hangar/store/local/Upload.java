package dev.hangar.store.local;

import dev.hangar.store.Durability;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.catalog.Edit;
import dev.hangar.store.catalog.Rows;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.TreeMap;

/**
 * An upload in parts. Guarded by the lock for commits; owns a share of each part.
 *
 * @param parts by their numbers
 */
@SuppressWarnings("ArrayRecordComponent") // uploads are never compared
record Upload(
    String id,
    TableName name,
    byte[] origin,
    WriteOptions options,
    Durability durability,
    Instant expires,
    TreeMap<Integer, UploadedPart> parts) {
  /** A part that has come, and its bare IPC schema message. */
  record UploadedPart(ByteBuffer schema, SharedPart part) {}

  boolean isDurable() {
    return durability == Durability.DISK;
  }

  /** The same upload with its time begun anew. */
  Upload until(Instant now) {
    var end = now.plus(Limits.UPLOAD_TIME);
    return new Upload(id, name, origin, options, durability, end, parts);
  }

  /**
   * @throws InvalidDataException if a part can't have this number or schema
   */
  void requireFitting(int number, ByteBuffer schema) {
    if (number < 0 || number > Limits.UPLOAD_PART_NUMBER) {
      throw new InvalidDataException(
          "a part of an upload has a number from 0 to %d, not %d"
              .formatted(Limits.UPLOAD_PART_NUMBER, number));
    }
    if (parts.size() >= Limits.VERSION_PARTS && !parts.containsKey(number)) {
      throw new InvalidDataException(
          "upload %s has %d parts already, and no more are kept; send larger ones"
              .formatted(Quoted.of(id), parts.size()));
    }
    parts.entrySet().stream()
        .filter(entry -> entry.getKey() != number)
        .findFirst()
        .ifPresent(entry ->
            SameSchema.require(
                "part %d of upload %s".formatted(entry.getKey(), Quoted.of(id)),
                entry.getValue().schema(),
                schema));
  }

  /** Takes a share of a part, in place of the one with its number. */
  void add(int number, ByteBuffer schema, SharedPart part) {
    var before = parts.put(number, new UploadedPart(schema, part.share()));
    if (before != null) {
      before.part().letGo();
    }
  }

  /**
   * What its end makes a version of.
   *
   * @throws InvalidDataException if no part has come
   */
  Draft draft() {
    if (parts.isEmpty()) {
      throw new InvalidDataException(
          "upload %s for table %s has no parts yet; there is nothing to finish"
              .formatted(Quoted.of(id), Quoted.of(name.toString())));
    }
    var schema = parts.firstEntry().getValue().schema();
    var shared = parts.values().stream().map(UploadedPart::part).toList();
    return new Draft(origin, schema, durability, shared);
  }

  Edit saved() {
    return new Edit.SaveUpload(
        new Rows.Upload(id, name.toString(), origin, UploadOptions.text(options), expires));
  }

  Edit saved(int number, ByteBuffer schema, SharedPart part) {
    var file = part.file();
    if (file == null) {
      throw new IllegalStateException("part " + number + " of upload " + id + " has no file");
    }
    return new Edit.SaveUploadPart(new Rows.UploadPart(id, number, Edits.bytes(schema), file));
  }

  Edit removed() {
    return new Edit.RemoveUpload(id);
  }

  void letGo() {
    parts.values().forEach(uploaded -> uploaded.part().letGo());
    parts.clear();
  }
}
