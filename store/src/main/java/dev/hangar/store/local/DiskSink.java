package dev.hangar.store.local;

import dev.hangar.store.Batch;
import dev.hangar.store.StorageException;
import dev.hangar.store.TableName;
import dev.hangar.store.part.PartWriter;
import java.nio.ByteBuffer;

/** Batches that are written to a file as they come. */
final class DiskSink implements PartSink {
  private final Disk disk;
  private final TableName name;
  private final PartWriter writer;

  DiskSink(Disk disk, TableName name, String part, ByteBuffer schema) {
    this.disk = disk;
    this.name = name;
    try {
      this.writer =
          new PartWriter(disk.directory().files(), disk.directory().folder(part), part, schema);
    } catch (StorageException e) {
      throw disk.failed(e);
    }
  }

  @Override
  public void append(Batch batch) {
    try {
      writer.append(batch);
    } catch (StorageException e) {
      throw disk.failed(e);
    } finally {
      batch.release();
    }
  }

  @Override
  public SharedPart finish() {
    try {
      return disk.part(writer.finish(), name);
    } catch (StorageException e) {
      throw disk.failed(e);
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
