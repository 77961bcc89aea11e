package dev.hangar.store.part;

import dev.hangar.store.Batch;
import dev.hangar.store.DamagedPartException;
import dev.hangar.store.StorageException;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.file.DiskFailure;
import dev.hangar.store.file.FileLayer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A part's file read from its first byte to its last, and held against what was stored. */
public final class PartCheck {
  private final FileLayer files;
  private final Consumer<DamagedPartException> damages;

  /** A check that tells what it finds to {@code damages}. */
  public PartCheck(FileLayer files, Consumer<DamagedPartException> damages) {
    this.files = files;
    this.damages = damages;
  }

  /**
   * Reads a part.
   *
   * @param folder where its file is
   * @param table what messages call its table
   * @param progress told of the bytes of each batch's body that has been read
   * @throws StorageException if the file is there and cannot be read at all
   */
  public void check(Path folder, Rows.PartFile stored, String table, LongConsumer progress) {
    var label = new PartLabel(table, PartFormat.file(folder, stored.id()));
    attempt(() -> {
      try (var part = map(label, stored)) {
        check(part, label, progress);
      }
    });
  }

  private void check(MappedPart part, PartLabel label, LongConsumer progress) {
    attempt(part::schema);
    List<Batch> messages = part.messages();
    for (int i = 0; i < messages.size(); i++) {
      int number = i;
      attempt(() -> progress.accept(messages.get(number).bodyBytes()));
    }
    attempt(() -> {
      try {
        part.checkGaps();
      } catch (InternalError e) {
        throw label.damaged(0, "it cannot be read everywhere", e);
      }
    });
  }

  private MappedPart map(PartLabel label, Rows.PartFile stored) {
    try {
      return MappedPart.of(files.map(label.file()), label, stored);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw label.damaged(-1, "the file is missing", e);
    } catch (IOException e) {
      throw DiskFailure.of("map", label.file(), e);
    }
  }

  private void attempt(Runnable read) {
    try {
      read.run();
    } catch (DamagedPartException damage) {
      damages.accept(damage);
    }
  }
}
