package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ConsoleTest {
  @Test
  void linesComeInOrderAndAllBeforeItCloses() {
    List<String> seen = new ArrayList<>();
    try (var console = new Console(seen::add)) {
      IntStream.range(0, 1_000).forEach(i -> console.line("line " + i));
    }
    assertThat(seen)
        .containsExactlyElementsOf(IntStream.range(0, 1_000).mapToObj(i -> "line " + i).toList());
  }

  @Test
  void aStoppedTerminalHoldsNobodyUpAndIsToldWhatItMissed() {
    var writing = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    List<String> seen = new ArrayList<>();
    try (var console =
        new Console(line -> {
          writing.countDown();
          await(stopped);
          seen.add(line);
        })) {
      console.line("the line at which it stops");
      await(writing);
      IntStream.range(0, 30_000).forEach(i -> console.line("line " + i));
      stopped.countDown();
    }
    assertThat(seen).hasSize(10_002).last().asString().contains("20000 lines dropped");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
