package dev.hangar.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.StorageException.Remedy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DiskFilesTest {
  /** The largest buffer the JDK makes of mapped memory. */
  private static final int SLICE_BYTES = Integer.MAX_VALUE - 8;

  private final DiskFiles files = new DiskFiles();
  @TempDir Path directory;

  @Test
  void whatIsWrittenIsThere() throws IOException {
    var path = directory.resolve("f");
    try (var file = files.create(path)) {
      var word = bytes("more");
      file.write(bytes("some"), bytes(""), word);
      file.force();
      file.write(bytes("."));

      assertThat(word.hasRemaining()).isFalse();
      assertThat(file.size()).isEqualTo(9);
    }
    files.sync(directory);

    assertThat(path).hasContent("somemore.");
  }

  @Test
  void aFileIsMadeOnce() throws IOException {
    Files.writeString(directory.resolve("f"), "mine");

    assertThatThrownBy(() -> files.create(directory.resolve("f")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(directory.resolve("f")).hasContent("mine");
  }

  @Test
  void shortWritesAreContinued() throws IOException {
    var channel = new SlowChannel();

    long written = DiskFile.writeAll(channel, bytes("a"), bytes(""), bytes("longer"), bytes("bc"));

    assertThat(written).isEqualTo(9);
    assertThat(channel.written.toString(StandardCharsets.US_ASCII)).isEqualTo("alongerbc");
  }

  @Test
  void aMappingEndsWhenItIsClosed() throws IOException {
    Files.write(directory.resolve("f"), new byte[] {1, 2, 3, 4, 5});
    var mapped = files.map(directory.resolve("f"));
    files.delete(directory.resolve("f"));
    var slice = mapped.slice(1, 4);

    assertThat(mapped.size()).isEqualTo(5);
    assertThat(slice.isDirect()).isTrue();
    assertThat(slice.isReadOnly()).isTrue();
    assertThat(slice.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(slice.getInt(0)).isEqualTo(0x05040302);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> mapped.slice(2, 4));
    mapped.close();
    assertThatThrownBy(() -> slice.get(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anEmptyFileIsEmptyMemory() throws IOException {
    Files.createFile(directory.resolve("f"));
    try (var mapped = files.map(directory.resolve("f"))) {
      assertThat(mapped.size()).isZero();
      assertThat(mapped.slice(0, 0).remaining()).isZero();
    }
  }

  @Test
  void slicesLieAnywhereInAFileOfManyGigabytes() throws IOException {
    long size = 9L << 30;
    try (var channel =
        FileChannel.open(
            directory.resolve("f"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(bytes("end"), size - 3);
    }
    try (var mapped = files.map(directory.resolve("f"))) {
      var slice = mapped.slice(size - SLICE_BYTES, SLICE_BYTES);

      assertThat(mapped.size()).isEqualTo(size);
      assertThat(slice.get(SLICE_BYTES - 1)).isEqualTo((byte) 'd');
    }
  }

  @Test
  void directoriesAreMadeAndListed() throws IOException {
    var inner = directory.resolve("a/b");
    assertThat(files.list(inner)).isEmpty();

    files.createDirectories(inner);
    files.createDirectories(inner);
    files.create(inner.resolve("f")).close();
    files.rename(inner.resolve("f"), inner.resolve("g"));

    assertThat(files.list(inner)).containsExactly(inner.resolve("g"));
    files.delete(inner.resolve("g"));
    files.delete(inner.resolve("g"));
    assertThat(files.list(inner)).isEmpty();
    assertThatThrownBy(() -> files.rename(inner.resolve("g"), inner.resolve("h")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> files.sync(inner.resolve("g"))).isInstanceOf(IOException.class);
  }

  @Test
  void aFullDiskIsToldFromABrokenOne() {
    var file = directory.resolve("f");
    var full = DiskFailure.of("write", file, new IOException("No space left on device"));
    var quota = new FileSystemException(file.toString(), null, "Disk quota exceeded");
    var broken = DiskFailure.of("force", file, new IOException("Input/output error"));

    assertThat(full.remedy()).isEqualTo(Remedy.ROOM);
    assertThat(full)
        .hasMessage(
            "cannot write %s: No space left on device; make room on its disk, then try again"
                .formatted(file));
    assertThat(DiskFailure.of("create", file, quota).remedy()).isEqualTo(Remedy.ROOM);
    assertThat(broken.remedy()).isEqualTo(Remedy.RESTART);
    assertThat(broken).hasMessageContaining("force " + file).hasMessageEndingWith("anew");
    assertThat(DiskFailure.of("map", file, new IOException())).hasMessageContaining("IOException");
  }

  /** Takes three bytes at a time, of one buffer. */
  private static final class SlowChannel implements GatheringByteChannel {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) {
      return write(buffers[offset]);
    }

    @Override
    public long write(ByteBuffer[] buffers) {
      return write(buffers, 0, buffers.length);
    }

    @Override
    public int write(ByteBuffer buffer) {
      int taken = Math.min(3, buffer.remaining());
      for (int i = 0; i < taken; i++) {
        written.write(buffer.get());
      }
      return taken;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
