package dev.hangar.query.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.query.duckdb.Sandbox;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Statements over stored tables, and the same over DuckDB's own tables of the same rows. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DifferentialTest {
  private static final int FILTERS = 200;

  private static final String CUSTOMER =
      "SELECT i AS c_id, 'Customer#' || i AS c_name, CASE WHEN i % 7 <> 0 THEN ['AUTO', 'BUILD',"
          + " 'Möbel', ''][1 + i % 4] END AS c_segment, (hash(i) % 1000000 / 100.0 - 999)::DECIMAL(12,2)"
          + " AS c_balance, CASE WHEN i % 5 <> 0 THEN {'street': 'S' || i, 'no': (i % 90)::SMALLINT,"
          + " 'geo': {'lat': i / 7.0, 'lon': NULL}} END AS c_address, [i % 3, NULL, i]::INT[] AS c_tags"
          + " FROM range(%d, %d) r(i)";
  private static final String ORDERS =
      "SELECT i AS o_id, (hash(i) % 800)::BIGINT AS o_customer, DATE '1992-01-01' + (hash(i + 7) %"
          + " 2400)::INT AS o_date, TIMESTAMPTZ '2020-03-29 00:30:00+00' + INTERVAL (i * 977) SECONDS"
          + " AS o_changed, CASE WHEN i % 11 <> 0 THEN (hash(i * 3) % 10000000) / 100.0 END::DECIMAL(15,2)"
          + " AS o_total, ['O', 'F', 'P'][1 + i % 3] AS o_status, map {'p': i % 5, 'q': NULL} AS o_extra,"
          + " repeat('lang ', (i % 40)::INT) AS o_text FROM range(%d, %d) r(i)";
  private static final String LINES =
      "SELECT (i // 4) AS l_order, (i % 4)::TINYINT AS l_no, (hash(i) % 200)::INT AS l_part, CASE WHEN"
          + " i % 13 <> 0 THEN (hash(i * 5) % 50)::USMALLINT END AS l_quantity, (hash(i * 7) % 100000)"
          + " / 7.0 AS l_price, (hash(i) % 11 / 100.0)::DECIMAL(4,2) AS l_discount, TIME '00:00:00' +"
          + " INTERVAL (i) SECONDS AS l_time, i %% 2 = 0 AS l_flag, TIMESTAMP '1969-12-31 23:59:59.5' +"
          + " INTERVAL (i) HOURS AS l_at, ('x' || i)::BLOB AS l_raw, (i / 3.0)::FLOAT AS l_real"
          + " FROM range(%d, %d) r(i)";
  private static final String PARTS =
      "SELECT i::INT AS p_id, 'part ' || i AS p_name, CASE WHEN i % 3 <> 0 THEN (i * 1.25)::DOUBLE END"
          + " AS p_price, [{'k': i, 'v': ['a', NULL, 'b' || i]}] AS p_nested, uuid FROM (SELECT *, ("
          + "'00000000-0000-0000-0000-' || lpad(i::VARCHAR, 12, '0'))::UUID AS uuid FROM range(%d, %d)"
          + " r(i))";

  private static final List<String> QUERIES =
      List.of(
          "SELECT * FROM customer ORDER BY c_id",
          "SELECT * FROM orders ORDER BY o_id",
          "SELECT * FROM lines ORDER BY l_order, l_no",
          "SELECT * FROM part ORDER BY p_id",
          "SELECT count(*), sum(o_total), min(o_date), max(o_changed), avg(o_total) FROM orders",
          "SELECT o_status, count(*) n, sum(o_total) s FROM orders GROUP BY ALL ORDER BY ALL",
          "SELECT c_name, sum(o_total) FROM customer JOIN orders ON c_id = o_customer GROUP BY 1"
              + " ORDER BY 2 DESC NULLS LAST, 1 LIMIT 20",
          "SELECT c.c_name, o.o_id FROM customer c LEFT JOIN orders o ON c.c_id = o.o_customer AND"
              + " o.o_total > 50000 ORDER BY ALL",
          "SELECT a.p_name, b.p_name FROM part a JOIN part b ON a.p_id + 1 = b.p_id ORDER BY a.p_id",
          "SELECT count(*) FROM part a, part b, part c WHERE a.p_id = b.p_id AND b.p_id = c.p_id",
          "WITH s AS (SELECT o_customer k, sum(o_total) t FROM orders GROUP BY 1) SELECT x.k, x.t FROM s x"
              + " JOIN s y ON x.k = y.k AND x.t >= y.t ORDER BY ALL",
          "WITH s AS MATERIALIZED (FROM part) SELECT (SELECT max(p_id) FROM s), count(*) FROM s",
          "WITH RECURSIVE r(i) AS (SELECT min(p_id) FROM part UNION ALL SELECT i + 1 FROM r WHERE i < 9)"
              + " SELECT i, p_name FROM r JOIN part ON i = p_id ORDER BY 1",
          "SELECT o_id FROM orders o WHERE o_total > (SELECT avg(o_total) FROM orders i WHERE"
              + " i.o_customer = o.o_customer) ORDER BY 1",
          "SELECT c_id FROM customer WHERE NOT EXISTS (FROM orders WHERE o_customer = c_id) ORDER BY 1",
          "SELECT c_id FROM customer WHERE c_id IN (SELECT o_customer FROM orders WHERE o_status = 'P')"
              + " ORDER BY 1",
          "SELECT p_id FROM part WHERE p_price > ALL (SELECT l_price / 100 FROM lines WHERE l_part = 3)"
              + " ORDER BY 1",
          "SELECT p_id FROM part WHERE p_id = ANY (SELECT l_part FROM lines WHERE l_flag) ORDER BY 1",
          "SELECT l_order, l_no, sum(l_quantity) OVER (PARTITION BY l_order ORDER BY l_no), rank() OVER"
              + " (ORDER BY l_price DESC) FROM lines WHERE l_order < 50 ORDER BY ALL",
          "SELECT o_id, lag(o_total, 2) OVER w, first_value(o_id) OVER w FROM orders WINDOW w AS (PARTITION"
              + " BY o_customer ORDER BY o_id) ORDER BY 1",
          "SELECT o_customer, o_id FROM orders QUALIFY row_number() OVER (PARTITION BY o_customer ORDER"
              + " BY o_date, o_id) = 1 ORDER BY ALL",
          "SELECT o_status, year(o_date) y, count(*) FROM orders GROUP BY ROLLUP (o_status, y) ORDER BY"
              + " ALL",
          "SELECT c_segment, c_id % 2 AS h, count(*), grouping(c_segment) FROM customer GROUP BY GROUPING"
              + " SETS ((c_segment), (h), ()) ORDER BY ALL",
          "SELECT l_flag, l_part % 3 m, round(sum(l_price), 3) FROM lines GROUP BY CUBE (l_flag, m) ORDER BY ALL",
          "SELECT c_id FROM customer UNION SELECT o_customer FROM orders ORDER BY 1",
          "SELECT c_id FROM customer EXCEPT SELECT o_customer FROM orders ORDER BY 1",
          "SELECT c_id FROM customer INTERSECT ALL SELECT o_customer FROM orders ORDER BY 1",
          "SELECT p_id, p_name FROM part UNION ALL BY NAME SELECT c_name AS p_name, c_id AS z FROM customer"
              + " ORDER BY ALL",
          "SELECT o.o_id, p.p_id FROM orders o ASOF JOIN part p ON o.o_id >= p.p_id ORDER BY 1",
          "SELECT c_id, n FROM customer, LATERAL (SELECT count(*) n FROM orders WHERE o_customer = c_id)"
              + " ORDER BY 1",
          "SELECT c_id, unnest(c_tags) FROM customer ORDER BY ALL",
          "SELECT c_id, t FROM customer, unnest(c_tags) u(t) WHERE t > 700 ORDER BY ALL",
          "SELECT c_id, list_transform(c_tags, lambda x: x + 1), list_filter(c_tags, lambda x: x > 5) FROM"
              + " customer ORDER BY 1",
          "SELECT c_id, [x * 2 FOR x IN c_tags IF x IS NOT NULL] FROM customer ORDER BY 1",
          "SELECT DISTINCT ON (o_customer) o_customer, o_id FROM orders ORDER BY o_customer, o_id DESC",
          "SELECT o_id FROM orders ORDER BY o_total DESC NULLS FIRST, o_id LIMIT 10 OFFSET 33",
          "SELECT COLUMNS('p_(id|name)') FROM part ORDER BY ALL",
          "SELECT * EXCLUDE (o_text, o_extra) REPLACE (o_total / 2 AS o_total) FROM orders ORDER BY o_id",
          "SELECT max(COLUMNS(* EXCLUDE (c_address))) FROM customer",
          "SELECT c.c_address.street, c.c_address.geo.lat, c_address.no FROM customer c ORDER BY c_id",
          "SELECT customer.c_address.geo FROM customer ORDER BY c_id",
          "SELECT o_extra['p'], o_extra.q, cardinality(o_extra), map_keys(o_extra) FROM orders ORDER BY o_id",
          "SELECT p_nested[1].v[3], p_nested[1]['k'] FROM part ORDER BY p_id",
          "SELECT date_trunc('month', o_date) m, o_changed::DATE, o_changed + INTERVAL 1 MONTH FROM orders"
              + " ORDER BY o_id",
          "SELECT hour(l_at), l_time, l_raw, l_real, l_discount * l_price FROM lines ORDER BY l_order, l_no",
          "/* a */ SELECT -- b ; '\n count(*) /* ' */ FROM /**/ part -- c\n WHERE p_name <> ';' ;  ; ",
          "SELECT \"a.b\", \"q\"\"uote\", \"Ünï\", \"select\" FROM \"od\"\"d.näme\" ORDER BY 1",
          "SELECT o.\"a.b\" + 1 FROM \"od\"\"d.näme\" AS o ORDER BY 1",
          "FROM part SELECT p_name WHERE p_id < 5 ORDER BY p_id DESC",
          "SELECT string_agg(p_name, ',' ORDER BY p_id), list(p_price ORDER BY p_id), quantile_cont(p_price,"
              + " 0.3) FROM part",
          "SELECT CASE WHEN p_price IS NULL THEN 'none' ELSE p_price::VARCHAR END x FROM part ORDER BY p_id",
          "SELECT p_id, uuid, uuid::VARCHAR FROM part WHERE uuid = '00000000-0000-0000-0000-000000000007'",
          "SELECT round(sum(l_price) FILTER (WHERE l_flag), 3), count(DISTINCT l_part), median(l_quantity),"
              + " arg_max(l_order, l_price) FROM lines",
          "SELECT count(*) FROM lines l JOIN orders o ON l.l_order = o.o_id JOIN customer c ON o.o_customer"
              + " = c.c_id JOIN part p ON p.p_id = l.l_part WHERE c.c_segment = 'BUILD' AND p.p_price > 9",
          "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) v(x, y) LEFT JOIN part ON x = p_id ORDER BY x",
          "SELECT * FROM (PIVOT (SELECT o_status, o_customer % 3 m FROM orders) ON m IN (0, 1, 2) USING"
              + " count(*)) ORDER BY ALL",
          "PIVOT orders ON o_status IN ('O', 'F') USING count(*) AS n, max(o_total) AS m GROUP BY"
              + " o_customer ORDER BY ALL",
          "UNPIVOT (SELECT p_id, p_price, p_id * 2.5 AS half FROM part) ON p_price, half INTO NAME n"
              + " VALUE v ORDER BY ALL",
          "SELECT p_id, n, v FROM part UNPIVOT INCLUDE NULLS (v FOR n IN (p_price)) ORDER BY ALL",
          "SELECT (SELECT count(*) FROM part WHERE false), (SELECT p_id FROM part WHERE p_id = -1)",
          "SELECT part.p_id, lines.l_no FROM part SEMI JOIN lines ON p_id = l_part CROSS JOIN (FROM lines"
              + " LIMIT 1) lines ORDER BY 1",
          "DESCRIBE orders",
          "SELECT 1 a, 1 a, NULL n, [NULL] l, {'x': NULL} s, 'x'::VARCHAR || NULL");

  private SqlTestTables tables;
  private DuckDBConnection plain;

  @BeforeEach
  void fill() throws Exception {
    tables = new SqlTestTables();
    plain = Sandbox.connect(false, List.of());
    make("customer", CUSTOMER, 0, 500, 900);
    make("orders", ORDERS, 0, 1500, 1501, 3000);
    make("lines", LINES, 0, 6000, 12_000);
    make("part", PARTS, 0, 200);
    String odd =
        "SELECT i AS \"a.b\", i + 1 AS \"q\"\"uote\", 'ü' AS \"Ünï\", i AS \"select\" FROM range(%d, %d) r(i)";
    make("od\"d.näme", odd, 0, 10);
  }

  @AfterEach
  void everythingIsGivenBack() throws Exception {
    plain.close();
    tables.close();
  }

  /** A table of as many parts as there are ends, here and there. */
  private void make(String name, String sql, int... ends) throws Exception {
    for (int i = 1; i < ends.length; i++) {
      String part =
          sql.replace("%%", "%")
              .replaceFirst("%d", "" + ends[i - 1])
              .replaceFirst("%d", "" + ends[i]);
      String quoted = "\"" + name.replace("\"", "\"\"") + "\"";
      try (Statement statement = plain.createStatement()) {
        statement.execute(
            i == 1
                ? "CREATE TABLE " + quoted + " AS " + part
                : "INSERT INTO " + quoted + " " + part);
      }
      if (i == 1) {
        tables.create(name, part);
      } else {
        tables.append(name, part);
      }
    }
  }

  @Test
  void statementsAnswerWhatDuckDbAnswersOnItsOwnTables() throws Exception {
    var failures = new ArrayList<String>();
    for (String sql : QUERIES) {
      try {
        List<String> expected = plain(sql);
        assertThat(asked(sql)).isEqualTo(expected);
        assertThat(asked(sql)).as("once more, of batches that are known").isEqualTo(expected);
      } catch (AssertionError | RuntimeException e) {
        String message = String.valueOf(e);
        failures.add(sql + "\n" + message.substring(0, Math.min(1500, message.length())));
      }
    }
    System.out.printf(
        "SQL against DuckDB: %d passed, %d failed%n",
        QUERIES.size() - failures.size(), failures.size());
    assertThat(failures).isEmpty();
  }

  @Test
  void filtersKeepWhatTheyKeepInDuckDb() throws Exception {
    long seed = Long.getLong("hangar.seed", System.nanoTime());
    var random = new Random(seed);
    for (int i = 0; i < FILTERS; i++) {
      String filter = filter(random, 2);
      String sql =
          "SELECT o_id, o_date FROM orders JOIN customer ON o_customer = c_id WHERE "
              + filter
              + " ORDER BY o_id";
      assertThat(asked(sql))
          .as("repeat with -Dhangar.seed=%d: %s", seed, sql)
          .isEqualTo(plain(sql));
    }
    System.out.printf("filters: %d passed, 0 failed (seed %d)%n", FILTERS, seed);
  }

  private static String filter(Random random, int depth) {
    if (depth == 0) {
      return leaf(random);
    }
    return switch (random.nextInt(4)) {
      case 0 -> "(" + filter(random, depth - 1) + " AND " + filter(random, depth - 1) + ")";
      case 1 -> "(" + filter(random, depth - 1) + " OR " + filter(random, depth - 1) + ")";
      case 2 -> "NOT (" + filter(random, depth - 1) + ")";
      default -> leaf(random);
    };
  }

  private static String leaf(Random random) {
    String compared =
        List.of("=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM").get(random.nextInt(7));
    int n = random.nextInt(3200);
    List<String> leaves =
        List.of(
            "o_id " + compared + " " + n,
            "o_customer % 7 " + compared + " " + n % 8,
            "o_date " + compared + " DATE '1992-01-01' + " + n,
            "o_date BETWEEN '1993-01-01' AND DATE '1993-01-01' + " + n,
            "o_changed "
                + compared
                + " TIMESTAMPTZ '2020-04-01 00:00:00+02' + INTERVAL "
                + n
                + " HOUR",
            "o_total " + compared + " " + n * 31 + ".5",
            "o_total IS NULL",
            "o_total::DOUBLE " + compared + " " + n * 31,
            "o_status " + compared + " 'O'",
            "o_status IN ('O', 'P', NULL)",
            "o_status LIKE '_'",
            "o_id IN (" + n + ", " + n / 2 + ", 7)",
            "o_extra['p'] " + compared + " " + n % 5,
            "length(o_text) " + compared + " " + n % 200,
            "o_text LIKE '%ng lang%'",
            "c_segment " + compared + " 'Möbel'",
            "c_segment IS NOT NULL",
            "c_balance " + compared + " " + n + ".25",
            "c_address.no " + compared + " " + n % 90,
            "c_address.geo.lat " + compared + " " + n / 9.0,
            "c_tags[3] " + compared + " c_id + " + n % 2,
            "list_contains(c_tags, " + n % 4 + ")",
            "NULL",
            "coalesce(o_total, 0) " + compared + " c_balance");
    return leaves.get(random.nextInt(leaves.size()));
  }

  private List<String> asked(String sql) {
    var rows = new ArrayList<String>();
    try (PreparedQuery query = tables.prepare(sql);
        SqlEngine.Running run = tables.engine.run(query)) {
      VectorSchemaRoot root = run.start();
      assertThat(types(root.getSchema()))
          .as("the types that were told before")
          .isEqualTo(types(query.schema()));
      rows.add(query.schema().toString());
      while (run.next()) {
        add(rows, root);
      }
    }
    return rows;
  }

  private static List<ArrowType> types(Schema schema) {
    return schema.getFields().stream().map(Field::getType).toList();
  }

  private List<String> plain(String sql) throws Exception {
    var rows = new ArrayList<String>();
    try (BufferAllocator allocator = new RootAllocator();
        Statement statement = plain.createStatement();
        var result = (DuckDBResultSet) statement.executeQuery(sql);
        ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, 1000)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      rows.add(root.getSchema().toString());
      while (reader.loadNextBatch()) {
        add(rows, root);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return rows;
  }

  private static void add(List<String> rows, VectorSchemaRoot root) {
    for (int row = 0; row < root.getRowCount(); row++) {
      rows.add(SqlTestTables.text(root, row));
    }
  }
}
