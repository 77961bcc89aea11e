package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Where statements end. */
class SqlTextTest {
  @Test
  void statementsEndAtSemicolons() {
    assertThat(statements("select 1; select 2 ;\n select 3"))
        .containsExactly("select 1", "select 2", "select 3");
    assertThat(SqlText.of(" a; b").statements())
        .containsExactly(new SqlText.Statement(1, "a"), new SqlText.Statement(4, "b"));
    assertThat(statements(" ;; -- nothing\n/* ; */ ;")).isEmpty();
  }

  @Test
  void semicolonsInQuotesAndCommentsEndNothing() {
    for (String one :
        List.of(
            "select ';'",
            "select 'it''s;'",
            "select \"a;\"\"b\"",
            "select 1 -- one; two\n + 2",
            "select /* ; /* ; */ ; */ 1",
            "select $$a;b$$",
            "select $t$a;$$;b$t$",
            "select e'a\\';b'")) {
      assertThat(statements(one + "; select 2")).as(one).containsExactly(one, "select 2");
    }
  }

  @Test
  void aBackslashIsNoEscapeInPlainText() {
    assertThat(statements("select 'a\\'; select 2")).containsExactly("select 'a\\'", "select 2");
  }

  @Test
  void parametersWithDollarsAreNoQuotes() {
    assertThat(statements("select $1, $2; select $a; select $b"))
        .containsExactly("select $1, $2", "select $a", "select $b");
  }

  @Test
  void commentsBehindAStatementAreNotOfIt() {
    assertThat(statements("-- first\nselect 1 -- one\n;")).containsExactly("select 1");
  }

  @Test
  void whatIsNotEndedIsNotComplete() {
    for (String open :
        List.of("select 1", "select 1; s", "select '", "select $$;", "/* ;", "select \"a;")) {
      assertThat(SqlText.of(open).isComplete()).as(open).isFalse();
    }
    for (String complete : List.of("", "select 1;", "select ';';\n", "select 1; -- done")) {
      assertThat(SqlText.of(complete).isComplete()).as(complete).isTrue();
    }
  }

  @Test
  void aNameThatIsNotEndedIsFound() {
    assertThat(SqlText.of("select \"a\" from \"sales/").openQuote()).isEqualTo(16);
    assertThat(SqlText.of("select \"a\"").openQuote()).isEqualTo(-1);
  }

  @Test
  void namesAreQuotedWhereTheyNeedIt() {
    assertThat(List.of("trips", "Trips", "a/b", "order", "1a", "a\"b", "ä"))
        .extracting(SqlNames::written)
        .containsExactly("trips", "Trips", "\"a/b\"", "\"order\"", "\"1a\"", "\"a\"\"b\"", "\"ä\"");
  }

  private static List<String> statements(String text) {
    return SqlText.of(text).statements().stream().map(SqlText.Statement::sql).toList();
  }
}
