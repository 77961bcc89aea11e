package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code hangar serve --datasets}, where it can't begin. */
@Timeout(60)
class ServeDatasetsTest {
  @TempDir Path folder;

  @Test
  void foldersThatAreNoneAreSaidSo() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "");
    String none = folder.resolve("none").toString();
    for (String wrong : List.of(none, file.toString(), "x=" + none, "a//b=" + folder, "x=")) {
      assertThat(complaint("serve", "--port", "0", "--datasets", wrong))
          .as(wrong)
          .contains("--datasets: ");
    }
    assertThat(complaint("serve", "--port", "0", "--datasets", none)).contains("make it first");
  }

  private static String complaint(String... args) {
    var err = new ByteArrayOutputStream();
    var out = new PrintStream(new ByteArrayOutputStream());
    assertThat(Main.run(args, out, new PrintStream(err), Terminal.NONE)).isEqualTo(2);
    return err.toString(StandardCharsets.UTF_8);
  }
}
