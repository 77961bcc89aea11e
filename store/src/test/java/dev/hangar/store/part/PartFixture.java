package dev.hangar.store.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Batch;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.file.DiskFiles;
import dev.hangar.store.file.FailingFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory with parts. */
record PartFixture(Path directory, FailingFiles files) {
  static final String ID = "0a1b";

  PartFixture(Path directory) {
    this(directory, new FailingFiles(new DiskFiles()));
  }

  Path file() {
    return directory.resolve(ID + ".arrow");
  }

  Rows.PartFile write(Samples samples) {
    try (var writer = new PartWriter(files, directory, ID, samples.schema())) {
      samples.batches().forEach(writer::append);
      return writer.finish();
    }
  }

  FilePart part(Rows.PartFile stored) {
    return new FilePart(files, directory, stored, "trades");
  }

  /** Reads all of a part. */
  void assertHas(Rows.PartFile stored, Samples samples) {
    try (var part = part(stored)) {
      assertThat(part.schema()).isEqualTo(samples.schema());
      var found = part.hold();
      try {
        assertSame(found, samples.batches());
      } finally {
        part.letGo();
      }
    }
    assertThat(files.open()).isZero();
  }

  private static void assertSame(List<Batch> found, List<Batch> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      var message = found.get(i);
      var other = expected.get(i);
      assertBytes(message.metadata(), other.metadata());
      assertBytes(message.appMetadata(), other.appMetadata());
      assertBytes(message.body(), other.body());
      assertThat(message.rows()).isEqualTo(other.rows());
    }
  }

  private static void assertBytes(@Nullable ByteBuffer found, @Nullable ByteBuffer expected) {
    assertThat(found).isEqualTo(expected);
    assertThat(found == null || found.isDirect() && found.isReadOnly()).isTrue();
  }
}
