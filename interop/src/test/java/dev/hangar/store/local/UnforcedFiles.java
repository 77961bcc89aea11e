package dev.hangar.store.local;

import dev.hangar.store.file.DiskFiles;
import dev.hangar.store.file.FileLayer;
import dev.hangar.store.file.MappedFile;
import dev.hangar.store.file.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Files that are on disk when the system finds the time: for preparing what is read later. */
final class UnforcedFiles implements FileLayer {
  private final FileLayer files = new DiskFiles();

  @Override
  public void createDirectories(Path directory) throws IOException {
    files.createDirectories(directory);
  }

  @Override
  public WritableFile create(Path file) throws IOException {
    return new Unforced(files.create(file));
  }

  @Override
  public MappedFile map(Path file) throws IOException {
    return files.map(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    files.delete(file);
  }

  @Override
  public void sync(Path directory) {}

  @Override
  public List<Path> list(Path directory) throws IOException {
    return files.list(directory);
  }

  private record Unforced(WritableFile file) implements WritableFile {
    @Override
    public void write(ByteBuffer... buffers) throws IOException {
      file.write(buffers);
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
