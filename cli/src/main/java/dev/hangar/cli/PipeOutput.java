package dev.hangar.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** Standard output for bytes: fails when nobody reads it, which a PrintStream would not say. */
final class PipeOutput extends OutputStream {
  private final PrintStream out;

  PipeOutput(PrintStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    check();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    check();
  }

  @Override
  public void flush() throws IOException {
    check();
  }

  private void check() throws IOException {
    IOException failure = StandardOutput.failure(out);
    if (failure != null) {
      throw failure;
    }
    if (out.checkError()) {
      throw new ClosedOutputException();
    }
  }
}
