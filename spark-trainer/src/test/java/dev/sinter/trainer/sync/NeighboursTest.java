package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NeighboursTest {
  private static final int PEER = 3;
  private static final int BYTES = Chunk.FLOATS * Float.BYTES;

  /** More than find room at a time. */
  private static final int MESSAGES = 40;

  private final List<Place> places = new ArrayList<>();
  private Neighbours neighbours;
  private SharedMemory mapped;

  private record Place(MessageKey key, int bytes, int at, CompletableFuture<Void> taken) {}

  @BeforeEach
  void share() throws Exception {
    neighbours =
        Neighbours.create(
            (peer, key, bytes, at) -> {
              assertThat(peer).isEqualTo(PEER);
              Place place = new Place(key, bytes, at, new CompletableFuture<>());
              places.add(place);
              return place.taken();
            });
    mapped = SharedMemory.open(neighbours.file());
    neighbours.removeName();
    neighbours.add(PEER);
  }

  @AfterEach
  void unmap() {
    neighbours.close();
    mapped.close();
  }

  @Test
  void smallLargeAndFarMessagesGoAnotherWay() {
    assertThat(neighbours.take(PEER, BYTES)).isTrue();
    assertThat(neighbours.take(PEER, BYTES + 1)).isFalse();
    assertThat(neighbours.take(PEER, 100)).isFalse();
    assertThat(neighbours.take(PEER + 1, BYTES)).isFalse();
  }

  /** What has not been taken is not overwritten, and what waits comes in order. */
  @Test
  void messagesBeyondTheRoomWait() {
    List<CompletableFuture<Void>> pushes = new ArrayList<>();
    for (int message = 0; message < MESSAGES; message++) {
      pushes.add(neighbours.push(PEER, key(message), filled(message)));
    }
    assertThat(places).hasSizeLessThan(MESSAGES);

    for (int message = 0; message < MESSAGES; message++) {
      Place place = places.get(message);
      assertThat(place.key()).isEqualTo(key(message));
      assertThat(mapped.bytes(place.at(), place.bytes())).isEqualTo(filled(message));
      assertThat(pushes.get(message)).isNotDone();
      place.taken().complete(null);
      assertThat(pushes.get(message)).isCompleted();
    }
  }

  @Test
  void whatIsNotTakenFailsAndItsRoomServesOthers() {
    CompletableFuture<Void> lost = neighbours.push(PEER, key(0), filled(0));
    places.get(0).taken().completeExceptionally(PeerFailures.lost("gone", null));
    assertThat(lost).isCompletedExceptionally();

    for (int message = 1; message < MESSAGES; message++) {
      CompletableFuture<Void> push = neighbours.push(PEER, key(message), filled(message));
      places.get(message).taken().complete(null);
      assertThat(push).isCompleted();
    }
  }

  @Test
  void closingGivesUpWhatWaits() {
    List<CompletableFuture<Void>> pushes = new ArrayList<>();
    for (int message = 0; message < MESSAGES; message++) {
      pushes.add(neighbours.push(PEER, key(message), filled(message)));
    }
    int handedOver = places.size();
    neighbours.close();

    assertThat(pushes.subList(handedOver, MESSAGES))
        .allSatisfy(push -> assertThat(push).isCompletedExceptionally());
    places.get(0).taken().complete(null);
    assertThat(pushes.get(0)).isCompleted();
    assertThat(places).hasSize(handedOver);
  }

  private static MessageKey key(int message) {
    return new MessageKey(0, 1, "part " + message);
  }

  private static ByteBuffer filled(int message) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES);
    while (bytes.hasRemaining()) {
      bytes.put((byte) (message + bytes.position()));
    }
    return bytes.flip();
  }
}
