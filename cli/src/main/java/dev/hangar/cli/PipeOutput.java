package dev.hangar.cli;

import java.io.OutputStream;
import java.io.PrintStream;

/** Standard output for bytes: fails when nobody reads it, which a PrintStream would not say. */
final class PipeOutput extends OutputStream {
  private final PrintStream out;

  PipeOutput(PrintStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws ClosedOutputException {
    out.write(b);
    check();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws ClosedOutputException {
    out.write(bytes, offset, length);
    check();
  }

  @Override
  public void flush() throws ClosedOutputException {
    check();
  }

  private void check() throws ClosedOutputException {
    if (out.checkError()) {
      throw new ClosedOutputException();
    }
  }
}
