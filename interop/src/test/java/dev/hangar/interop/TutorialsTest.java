package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The clients of the three tutorials, unchanged, against Hangar. */
class TutorialsTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int PARQUET_MEGABYTES = 24;

  @Test
  void tinyFlightsClientFindsEverythingItsTutorialHas() {
    var console = consoleDuring("tiny_flight.py");
    assertThat(console)
        .anyMatch(line -> line.contains("DoPut") && line.contains("airquality"))
        .anyMatch(line -> line.contains("DoGet") && line.contains("fijiquakes"))
        .anyMatch(line -> line.contains("ListFlights"))
        .anyMatch(line -> line.contains("drop_table airquality"))
        .anyMatch(line -> line.contains("NOT_FOUND"));
  }

  @Test
  @Timeout(120)
  void tinyFlightsShutdownEndsTheServer() throws InterruptedException {
    try (var subject = new Subject()) {
      assertThat(Python.run("tiny_flight.py", TIMEOUT, subject.url(), "--shutdown"))
          .contains("shutdown: accepted");
      subject.server().awaitTermination();
    }
  }

  @Test
  void cookbooksClientStoresWholeAndStreaming() {
    assertThat(consoleDuring("cookbook.py"))
        .anyMatch(line -> line.contains("streamed.parquet") && line.contains("4,194,304"));
  }

  @Test
  void flightFunctionsOfRWorkByPath() {
    assertThat(consoleDuring("r_flight.py"))
        .anyMatch(line -> line.contains("DoPut") && line.contains("pollution_data"))
        .anyMatch(line -> line.contains("clear"));
  }

  @Test
  void filesComeBackEqual(@TempDir Path folder) throws IOException {
    Files.write(
        folder.resolve("weather.csv"),
        List.of(
            "\"Ozone\",\"Wind\",\"Day\",\"Station\"",
            "41,7.4,1,\"Å\"",
            "NA,8,2,\"a \"\"quoted\"\" one\"",
            "12,NA,3,\"Namibia, NA\""));
    Files.write(
        folder.resolve("quakes.csv"),
        List.of("\"lat\",\"long\",\"depth\"", "-20.42,181.62,562", "-26,184.1,42"));
    try (var subject = new Subject()) {
      var megabytes = String.valueOf(PARQUET_MEGABYTES);
      Python.run(
          "real_data.py", TIMEOUT, subject.url(), folder.toString(), "--parquet-mb", megabytes);
    }
  }

  private static List<String> consoleDuring(String script) {
    var subject = new Subject();
    try (subject) {
      Python.run(script, TIMEOUT, subject.url());
    }
    return subject.lines();
  }
}
