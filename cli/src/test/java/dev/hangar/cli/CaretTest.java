package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The place of a mistake, as it is shown. */
class CaretTest {
  @Test
  void theMarkStandsBelowThePlace() {
    assertThat(Caret.at("select * form t", 9))
        .isEqualToNormalizingNewlines(" 1 | select * form t\n   |          ^");
  }

  @Test
  void onlyTheLineIsShown() {
    assertThat(Caret.at("select *\nfrom tripz\nlimit 3", 14))
        .isEqualToNormalizingNewlines(" 2 | from tripz\n   |      ^");
    String tenth = "\n".repeat(9) + "ab";
    assertThat(Caret.at(tenth, 10)).isEqualToNormalizingNewlines(" 10 | ab\n    |  ^");
  }

  @Test
  void tabsAndWideCharactersAreCounted() {
    assertThat(Caret.at("\t東京 x", 4))
        .isEqualToNormalizingNewlines(" 1 |     東京 x\n   |          ^");
  }

  @Test
  void theEndIsAPlaceToo() {
    assertThat(Caret.at("select", 6)).isEqualToNormalizingNewlines(" 1 | select\n   |       ^");
    assertThat(Caret.at("select\n", 6)).isEqualToNormalizingNewlines(" 1 | select\n   |       ^");
    assertThat(Caret.at("select", 99)).isEqualTo(Caret.at("select", 6));
    assertThat(Caret.at("", 0)).isEqualToNormalizingNewlines(" 1 | \n   | ^");
  }

  @Test
  void ofLongLinesThePartIsShownWhereItIs() {
    String sql = "select " + "a, ".repeat(100) + "! " + ", b".repeat(100);
    String[] lines = Caret.at(sql, sql.indexOf('!')).split("\\R");
    assertThat(lines[0]).startsWith(" 1 | …").endsWith("…").hasSize(5 + 100);
    assertThat(lines[0].charAt(lines[1].indexOf('^'))).isEqualTo('!');
  }

  @Test
  void whatATerminalWouldObeyIsNotShown() {
    assertThat(Caret.at("a\u001b[1m b", 6)).startsWith(" 1 | a·[1m b");
  }
}
