package dev.hangar.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A stream of text and bytes that knows why it fails, which a PrintStream keeps to itself. */
final class StandardOutput extends PrintStream {
  private final Remembering bytes;

  private StandardOutput(Remembering bytes) {
    super(new BufferedOutputStream(bytes), false, StandardCharsets.UTF_8);
    this.bytes = bytes;
  }

  /** That of this process. */
  static StandardOutput ofProcess() {
    return to(new FileOutputStream(FileDescriptor.out));
  }

  /** One to {@code out}. */
  static StandardOutput to(OutputStream out) {
    return new StandardOutput(new Remembering(out));
  }

  /**
   * Why {@code out} can't be written, after a write; null: it can be, or somebody has seen enough.
   */
  static @Nullable IOException failure(PrintStream out) {
    if (!out.checkError() || !(out instanceof StandardOutput known)) {
      return null;
    }
    IOException cause = known.bytes.failure;
    String why = cause == null ? "" : String.valueOf(cause.getMessage());
    return why.isEmpty() || why.contains("Broken pipe")
        ? null
        : new IOException("standard output can't be written: " + why, cause);
  }

  private static final class Remembering extends OutputStream {
    private final OutputStream out;
    private @Nullable IOException failure;

    private Remembering(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
