package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** flight-core's client, which grpc-java carries, against Hangar. */
@Timeout(60)
@SuppressWarnings("try") // FlightStream.close() declares Exception, which could be an interrupt
class FlightCoreTest {
  private static final int ROWS = 10_000;
  private static final int BATCHES = 50;
  private static final FlightDescriptor NUMBERS = FlightDescriptor.path("java", "numbers");
  private static final Ticket NUMBERS_TICKET = new Ticket("java/numbers".getBytes(UTF_8));

  private Subject subject;
  private BufferAllocator allocator;
  private FlightClient client;

  @BeforeEach
  void connect() {
    subject = new Subject();
    allocator = new RootAllocator();
    var location = Location.forGrpcInsecure("127.0.0.1", subject.port());
    client = FlightClient.builder(allocator, location).build();
  }

  @AfterEach
  void leaveNothingBehind() throws InterruptedException {
    client.close();
    subject.close();
    allocator.close();
  }

  @Test
  void manyBatchesComeBackAsTheyWerePut() throws Exception {
    try (var root = numbers()) {
      put(NUMBERS, root, BATCHES);
    }
    var rows = 0L;
    try (var stream = client.getStream(NUMBERS_TICKET)) {
      for (var batch = 0; stream.next(); batch++) {
        var root = stream.getRoot();
        assertThat(root.getRowCount()).isEqualTo(ROWS);
        var column = (BigIntVector) root.getVector("n");
        assertThat(column.isNull(7)).isTrue();
        assertThat(column.get(ROWS - 1)).isEqualTo((long) batch * ROWS + ROWS - 1);
        rows += root.getRowCount();
      }
    }
    assertThat(rows).isEqualTo((long) BATCHES * ROWS);
  }

  @Test
  void infoHasItsFiveParts() throws Exception {
    try (var root = numbers()) {
      put(NUMBERS, root, 2);
      var info = client.getInfo(NUMBERS);
      assertThat(info.getSchemaOptional().orElseThrow()).isEqualTo(root.getSchema());
      assertThat(info.getSchemaOptional().orElseThrow().getCustomMetadata())
          .containsEntry("source", "a test");
      assertThat(info.getDescriptor()).isEqualTo(NUMBERS);
      assertThat(info.getRecords()).isEqualTo(2L * ROWS);
      assertThat(info.getBytes()).isGreaterThan(2L * ROWS * BigIntVector.TYPE_WIDTH);
      assertThat(info.getEndpoints()).isNotEmpty();
      assertThat(client.getSchema(NUMBERS).getSchema()).isEqualTo(root.getSchema());
      var rows = 0L;
      for (var endpoint : info.getEndpoints()) {
        rows += rows(endpoint.getTicket());
      }
      assertThat(rows).isEqualTo(2L * ROWS);
    }
  }

  @Test
  void tablesAreListedUnderTheDescriptorTheyWerePutWith() throws Exception {
    var command = FlightDescriptor.command("by_command".getBytes(UTF_8));
    try (var root = numbers()) {
      put(NUMBERS, root, 1);
      put(command, root, 1);
    }
    assertThat(client.listFlights(Criteria.ALL))
        .extracting(FlightInfo::getDescriptor)
        .containsExactlyInAnyOrder(NUMBERS, command);
  }

  @Test
  void dictionariesTravelWithTheTable() throws Exception {
    var encoding = new DictionaryEncoding(8815, false, null);
    try (var words = words("words", "up", "down");
        var plain = words("direction", "down", "up", "up", null)) {
      var dictionary = new Dictionary(words, encoding);
      var provider = new MapDictionaryProvider(dictionary);
      try (var encoded = (FieldVector) DictionaryEncoder.encode(plain, dictionary);
          var root = VectorSchemaRoot.of(encoded)) {
        var acknowledged = new AsyncPutListener();
        var stream = client.startPut(NUMBERS, root, provider, acknowledged);
        stream.putNext();
        stream.completed();
        stream.getResult();
      }
    }
    assertThat(decoded(NUMBERS_TICKET, "direction")).containsExactly("down", "up", "up", null);
  }

  @Test
  void appMetadataStaysWithItsBatch() throws Exception {
    try (var root = numbers()) {
      var stream = client.startPut(NUMBERS, root, new AsyncPutListener());
      for (var note : List.of("first", "second")) {
        var metadata = allocator.buffer(note.length());
        metadata.writeBytes(note.getBytes(UTF_8));
        stream.putNext(metadata);
      }
      stream.completed();
      stream.getResult();
    }
    var notes = new ArrayList<String>();
    try (var stream = client.getStream(NUMBERS_TICKET)) {
      while (stream.next()) {
        var metadata = stream.getLatestMetadata();
        var bytes = new byte[Math.toIntExact(metadata.readableBytes())];
        metadata.getBytes(0, bytes);
        notes.add(new String(bytes, UTF_8));
      }
    }
    assertThat(notes).containsExactly("first", "second");
  }

  @Test
  void tableOfNoBatchesKeepsItsSchema() throws Exception {
    try (var root = numbers()) {
      put(NUMBERS, root, 0);
      try (var stream = client.getStream(NUMBERS_TICKET)) {
        assertThat(stream.getSchema()).isEqualTo(root.getSchema());
        assertThat(stream.next()).isFalse();
      }
    }
  }

  @Test
  void actionsAreListedAndPerformed() throws Exception {
    assertThat(client.listActions())
        .extracting(ActionType::getType)
        .contains("drop_table", "drop_dataset", "clear", "healthcheck", "shutdown");
    try (var root = numbers()) {
      put(NUMBERS, root, 1);
    }
    perform("drop_table", "java/numbers");
    assertThat(client.listFlights(Criteria.ALL)).isEmpty();
    perform("healthcheck", "");
  }

  @Test
  void missingTableIsNotFoundAndNamesTheNearest() throws Exception {
    try (var root = numbers()) {
      put(NUMBERS, root, 1);
    }
    assertThat(failure(() -> rows(new Ticket("java/number".getBytes(UTF_8)))))
        .satisfies(e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND))
        .hasMessageContainingAll("java/number", "java/numbers");
    assertThat(failure(() -> client.getInfo(FlightDescriptor.path("nothing", "like", "it"))))
        .satisfies(e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND));
  }

  @Test
  void badNamesAndUnknownActionsSaySo() {
    assertThat(failure(() -> rows(new Ticket(new byte[0]))).status().code())
        .isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
    assertThat(failure(() -> client.getInfo(FlightDescriptor.path("a", ""))).status().code())
        .isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
    assertThat(failure(() -> perform("no_such_action", "")))
        .satisfies(e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNIMPLEMENTED))
        .hasMessageContaining("no_such_action");
  }

  @Test
  void readerThatGivesUpLeavesTheConnectionUsable() throws Exception {
    try (var root = numbers()) {
      put(NUMBERS, root, BATCHES);
    }
    for (var i = 0; i < 10; i++) {
      try (var stream = client.getStream(NUMBERS_TICKET)) {
        assertThat(stream.next()).isTrue();
        stream.cancel("seen enough", null);
      }
    }
    assertThat(rows(NUMBERS_TICKET)).isEqualTo((long) BATCHES * ROWS);
  }

  @Test
  void deadlineInTheMiddleOfAPutLeavesTheOldTable() throws Exception {
    try (var root = numbers()) {
      put(NUMBERS, root, 1);
      var soon = CallOptions.timeout(200, TimeUnit.MILLISECONDS);
      assertThat(failure(() -> putAndWait(root, soon)).status().code())
          .isIn(FlightStatusCode.TIMED_OUT, FlightStatusCode.CANCELLED);
    }
    assertThat(rows(NUMBERS_TICKET)).isEqualTo(ROWS);
  }

  private void putAndWait(VectorSchemaRoot root, CallOption option) throws InterruptedException {
    var stream = client.startPut(NUMBERS, root, new AsyncPutListener(), option);
    stream.putNext();
    Thread.sleep(400);
    stream.completed();
    stream.getResult();
  }

  private void put(FlightDescriptor descriptor, VectorSchemaRoot root, int batches) {
    var stream = client.startPut(descriptor, root, new AsyncPutListener());
    var column = (BigIntVector) root.getVector("n");
    for (var batch = 0; batch < batches; batch++) {
      fill(column, (long) batch * ROWS);
      stream.putNext();
    }
    stream.completed();
    stream.getResult();
  }

  private long rows(Ticket ticket) throws Exception {
    var rows = 0L;
    FlightStream stream = client.getStream(ticket);
    try {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    } finally {
      stream.close();
    }
    return rows;
  }

  private List<Object> decoded(Ticket ticket, String column) throws Exception {
    var values = new ArrayList<Object>();
    try (var stream = client.getStream(ticket)) {
      while (stream.next()) {
        var encoded = stream.getRoot().getVector(column);
        var id = encoded.getField().getDictionary().getId();
        var dictionary = stream.getDictionaryProvider().lookup(id);
        try (var plain = DictionaryEncoder.decode(encoded, dictionary)) {
          for (var row = 0; row < plain.getValueCount(); row++) {
            var value = plain.getObject(row);
            values.add(value == null ? null : value.toString());
          }
        }
      }
    }
    return values;
  }

  private void perform(String type, String body) {
    Iterable<Result> results = () -> client.doAction(new Action(type, body.getBytes(UTF_8)));
    StreamSupport.stream(results.spliterator(), false).forEach(Result::getBody);
  }

  private static FlightRuntimeException failure(ThrowingCallable call) {
    var failure = catchThrowableOfType(FlightRuntimeException.class, call);
    assertThat(failure).as("the call fails").isNotNull();
    return failure;
  }

  /** A batch of a nullable whole-number column, with metadata on the schema. */
  private VectorSchemaRoot numbers() {
    var column = new BigIntVector("n", allocator);
    fill(column, 0);
    var schema = new Schema(List.of(column.getField()), Map.of("source", "a test"));
    return new VectorSchemaRoot(schema, List.of(column), ROWS);
  }

  private static void fill(BigIntVector column, long first) {
    column.allocateNew(ROWS);
    for (var row = 0; row < ROWS; row++) {
      column.set(row, first + row);
    }
    column.setNull(7);
    column.setValueCount(ROWS);
  }

  private VarCharVector words(String name, String... values) {
    var column = new VarCharVector(Field.nullable(name, ArrowType.Utf8.INSTANCE), allocator);
    column.allocateNew();
    for (var row = 0; row < values.length; row++) {
      if (values[row] == null) {
        column.setNull(row);
      } else {
        column.setSafe(row, values[row].getBytes(UTF_8));
      }
    }
    column.setValueCount(values.length);
    return column;
  }
}
