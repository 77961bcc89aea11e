package dev.hangar.interop;

import dev.hangar.interop.Cell.Side;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios of Arrow's integration tests between other people's libraries and ours. {@link
 * NotOffered} says which cells there are not, and why; the whole matrix is written to {@code
 * target/interop-matrix.txt}.
 */
@Timeout(180)
class InteropMatrixTest {
  private static final Matrix MATRIX = new Matrix();

  @BeforeAll
  static void buildPeers() {
    PeerProgram.GO.prepare();
    PeerProgram.RUST.prepare();
    PeerProgram.JAVASCRIPT.prepare();
  }

  @AfterAll
  static void writeMatrix() {
    MATRIX.write();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void foreignClientsAgreeWithOurServer(Cell cell) {
    MATRIX.play(cell);
  }

  static List<Cell> foreignClientsAgreeWithOurServer() {
    return offered(Side.SERVER);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void ourClientsAgreeWithForeignServers(Cell cell) {
    MATRIX.play(cell);
  }

  static List<Cell> ourClientsAgreeWithForeignServers() {
    return offered(Side.CLIENT, Side.HANGAR);
  }

  private static List<Cell> offered(Side... sides) {
    return Cell.of(sides).stream().filter(cell -> cell.reason().isEmpty()).toList();
  }
}
