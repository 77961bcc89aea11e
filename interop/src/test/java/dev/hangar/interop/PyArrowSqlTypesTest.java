package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Types on their way through SQL, as pyarrow puts and gets them. */
@Timeout(420)
class PyArrowSqlTypesTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(6);

  /** The scripts say what each type becomes, and which are refused. */
  @Test
  void everyArrowTypeIsAnsweredRightOrRefusedByName() {
    try (var subject = new Subject()) {
      assertThat(Python.run("sql_types.py", TIMEOUT, subject.url())).contains(" 0 failed");
    }
  }

  @Test
  void everyDuckDbTypeComesBackFromTheTableThatAStatementMakes() {
    try (var subject = new Subject()) {
      assertThat(Python.run("sql_round_trip.py", TIMEOUT, subject.url())).contains(" 0 failed");
    }
  }
}
