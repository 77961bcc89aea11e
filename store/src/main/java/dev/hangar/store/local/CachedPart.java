package dev.hangar.store.local;

import dev.hangar.store.Batch;
import dev.hangar.store.part.FilePart;
import dev.hangar.store.part.Part;
import java.util.List;

/** A part on disk that says when it is read, so that the least read can be unmapped. */
final class CachedPart implements Part {
  private final Mappings mappings;
  private final FilePart file;

  CachedPart(Mappings mappings, FilePart file) {
    this.mappings = mappings;
    this.file = file;
  }

  @Override
  public long rows() {
    return file.rows();
  }

  @Override
  public long bytes() {
    return file.bytes();
  }

  @Override
  public int batches() {
    return file.batches();
  }

  @Override
  public List<Batch> hold() {
    var batches = file.hold();
    mappings.opened(file);
    return batches;
  }

  @Override
  public void letGo() {
    file.letGo();
  }

  @Override
  public void close() {
    mappings.closed(file);
    file.close();
  }
}
