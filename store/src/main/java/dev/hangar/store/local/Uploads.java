package dev.hangar.store.local;

import dev.hangar.store.Durability;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.NoSuchUploadException;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** The uploads in parts that are under way. Guarded by the lock for commits. */
final class Uploads {
  private final Map<String, Upload> uploads = new HashMap<>();

  /** An upload without parts, to be {@linkplain #add added}. */
  Upload start(
      TableName name, byte[] origin, WriteOptions options, Durability durability, Instant now) {
    if (uploads.size() >= Limits.UPLOADS) {
      throw new InvalidDataException(
          "%d uploads are under way, and no more are begun; finish or abort some"
              .formatted(uploads.size()));
    }
    var id = UUID.randomUUID().toString();
    return new Upload(id, name, origin.clone(), options, durability, now, new TreeMap<>())
        .until(now);
  }

  void add(Upload upload) {
    uploads.put(upload.id(), upload);
  }

  /**
   * The upload of that name.
   *
   * @throws NoSuchUploadException if there is none, or its time is over
   */
  Upload find(String id, Instant now) {
    var upload = uploads.get(id);
    if (upload == null || !upload.expires().isAfter(now)) {
      throw new NoSuchUploadException(id);
    }
    return upload;
  }

  List<Upload> expired(Instant now) {
    return uploads.values().stream().filter(upload -> !upload.expires().isAfter(now)).toList();
  }

  void remove(Upload upload) {
    uploads.remove(upload.id());
    upload.letGo();
  }

  /** The parts that have come, with a share of each for the caller. */
  List<SharedPart> shareParts() {
    return uploads.values().stream()
        .flatMap(upload -> upload.parts().values().stream())
        .map(uploaded -> uploaded.part().share())
        .toList();
  }

  Set<SharedPart> parts() {
    return uploads.values().stream()
        .flatMap(upload -> upload.parts().values().stream())
        .map(Upload.UploadedPart::part)
        .collect(Collectors.toSet());
  }

  void close() {
    uploads.values().forEach(Upload::letGo);
    uploads.clear();
  }
}
