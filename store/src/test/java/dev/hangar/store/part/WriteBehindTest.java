package dev.hangar.store.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.file.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WriteBehindTest {
  private static final int STEP_BYTES = 100;

  private final List<Thread> threads = new ArrayList<>();
  private final ForcedFile file = new ForcedFile();
  private final WriteBehind behind = new WriteBehind(file, STEP_BYTES, this::thread);

  /** A thread that runs when the test says so. */
  private Thread thread(Runnable task) {
    var thread =
        new Thread(task) {
          @Override
          public void start() {
            threads.add(this);
          }
        };
    thread.setDaemon(true);
    return thread;
  }

  private static final class ForcedFile implements WritableFile {
    private long size;
    private int forces;
    private @Nullable IOException failure;

    @Override
    public void write(ByteBuffer... buffers) {}

    @Override
    public long size() {
      return size;
    }

    @Override
    public void force() throws IOException {
      forces++;
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public void close() {}
  }

  private void write(int bytes) throws IOException {
    file.size += bytes;
    behind.written();
  }

  @Test
  void aStepSetsTheDiskToWorkAndNoSecondOneMeanwhile() throws IOException {
    write(STEP_BYTES - 1);
    assertThat(threads).isEmpty();
    write(1);
    write(STEP_BYTES);
    assertThat(threads).hasSize(1);

    threads.getFirst().run();
    write(1);
    assertThat(threads).hasSize(2);
    assertThat(file.forces).isOne();

    threads.getLast().run();
    behind.finish();
    assertThat(file.forces).isEqualTo(3);
  }

  @Test
  void whatFailedIsNotTriedAgain() throws IOException {
    write(STEP_BYTES);
    file.failure = new IOException("Input/output error");
    threads.getFirst().run();
    file.failure = null;

    assertThatThrownBy(() -> write(1)).hasMessage("Input/output error");
    assertThatThrownBy(behind::finish).hasMessage("Input/output error");
    assertThat(file.forces).isOne();
  }

  @Test
  void theLastForceMayFailToo() throws IOException {
    write(STEP_BYTES / 2);
    file.failure = new IOException("Input/output error");

    assertThatThrownBy(behind::finish).hasMessage("Input/output error");
    assertThat(threads).isEmpty();
  }
}
