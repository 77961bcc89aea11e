package dev.hangar.store.catalog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The rows of the catalog's tables. Byte arrays are not copied: nobody changes them. */
@SuppressWarnings("ArrayRecordComponent") // rows are written and read, never compared
public final class Rows {
  private Rows() {}

  /**
   * A table.
   *
   * @param id its number, which no other table ever had
   * @param name its segments joined by {@code /}
   * @param current the number of its current version
   */
  public record Table(long id, String name, long current) {}

  /**
   * A version of a table.
   *
   * @param table the table's id
   * @param schema the bare IPC message
   * @param expires when its table is dropped; null: never
   * @param keepVersions replaced versions kept beside it
   */
  public record Version(
      long table,
      long version,
      byte[] origin,
      byte[] schema,
      long rows,
      long bytes,
      long batches,
      Instant created,
      @Nullable Instant expires,
      int keepVersions) {}

  /**
   * A file with batches.
   *
   * @param id the file's name without folder and ending
   * @param fileBytes the file's length
   * @param footerChecksum CRC32C of the file's footer, which has those of its batches
   */
  public record PartFile(
      String id, long fileBytes, int footerChecksum, long rows, long bytes, int batches) {}

  /**
   * A part of a table's versions from {@code first} to before {@code end}.
   *
   * @param position where it stands among the table's other parts
   * @param end {@link Long#MAX_VALUE}: it is in the current version
   */
  public record Part(long table, int position, PartFile file, long first, long end) {}

  /**
   * An upload in parts.
   *
   * @param options what its finish asks for, as the store writes it
   */
  public record Upload(String id, String name, byte[] origin, String options, Instant expires) {}

  /**
   * A part of an upload.
   *
   * @param schema the bare IPC message
   */
  public record UploadPart(String upload, int number, byte[] schema, PartFile file) {}

  /** What a write under an idempotency key came to. */
  public record Key(String key, String name, long version, Instant created) {}
}
