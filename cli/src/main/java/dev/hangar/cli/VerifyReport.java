package dev.hangar.cli;

import dev.hangar.store.local.Fault;
import dev.hangar.store.local.Verification;
import java.util.function.Function;

/** A verification as it goes: faults on standard output, and how far it is on standard error. */
final class VerifyReport implements Verification.Listener, AutoCloseable {
  private final Output output;
  private final Function<Fault, String> words;
  private final ProgressBar bar;
  private long total;

  /** A report that says a fault in these words. */
  VerifyReport(Output output, Function<Fault, String> words) {
    this.output = output;
    this.words = words;
    this.bar = output.progress("verify");
  }

  @Override
  public void begins(long rows, long bytes) {
    total = bytes;
  }

  @Override
  public void progress(long rows, long bytes) {
    bar.bytes(bytes, total);
  }

  @Override
  public void fault(Fault fault) {
    bar.clear();
    output.out().println(words.apply(fault));
  }

  @Override
  public void close() {
    bar.close();
  }
}
