package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Location;
import java.io.IOException;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Acknowledgements of an upload whose writer repeats a batch's application metadata on the schema
 * and the dictionaries that it sends before it, as Arrow's Go library does.
 */
@Timeout(60)
class AcknowledgementTest {
  private static final int BATCHES = 3;

  @Test
  void eachBatchIsAcknowledgedOnce() throws IOException {
    byte[] stream;
    try (var allocator = new RootAllocator()) {
      stream = ArrowStreams.of(allocator, BATCHES, 10);
    }
    try (var subject = new Subject();
        var client = FlightClient.of(Location.grpc("127.0.0.1", subject.port()));
        var put = client.doPut(CallOptions.NONE)) {
      var number = 0;
      for (var part : IpcStreams.split(stream)) {
        var text = Integer.toString(number);
        put.send(part.with(text).data(FlightDescriptor.path("dictionaries")));
        if (part.isBatch()) {
          assertThat(put.result()).isEqualTo(ByteString.copyFromUtf8(text));
          number++;
        }
      }
      put.completed();
      assertThat(number).isEqualTo(BATCHES);
      assertThat(put.result()).as("behind the last acknowledgement").isNull();
    }
  }
}
