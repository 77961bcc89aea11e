package dev.hangar.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;

/** A file on disk that grows at its end. */
final class DiskFile implements WritableFile {
  private final FileChannel channel;
  private long size;

  DiskFile(FileChannel channel) {
    this.channel = channel;
  }

  @Override
  public void write(ByteBuffer... buffers) throws IOException {
    size += writeAll(channel, buffers);
  }

  /** One call takes what the system likes to take: some buffers, or some of one. */
  static long writeAll(GatheringByteChannel channel, ByteBuffer... buffers) throws IOException {
    long written = 0;
    int done = 0;
    while (true) {
      while (done < buffers.length && !buffers[done].hasRemaining()) {
        done++;
      }
      if (done == buffers.length) {
        return written;
      }
      written += channel.write(buffers, done, buffers.length - done);
    }
  }

  @Override
  public long size() {
    return size;
  }

  /** The length, which a reader needs, goes along with the data; times do not. */
  @Override
  public void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
