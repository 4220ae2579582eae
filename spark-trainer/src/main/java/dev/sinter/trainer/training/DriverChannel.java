package dev.sinter.trainer.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.util.RpcUtils;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Carries messages from workers to the driver over Spark's own RPC, so that it inherits Spark's
 * authentication and encryption. Driver-only; {@link Sender} is its executors' end.
 */
final class DriverChannel implements AutoCloseable {
  private static final String PREFIX = "sinter-run-";

  private final RpcEnv rpc;
  private final RpcEndpointRef reference;

  private DriverChannel(RpcEnv rpc, RpcEndpointRef reference) {
    this.rpc = rpc;
    this.reference = reference;
  }

  /** Listens; {@code listener} is called by one thread at a time. */
  static DriverChannel open(String runId, Consumer<WorkerMessage> listener) {
    RpcEnv rpc = SparkEnv.get().rpcEnv();
    return new DriverChannel(rpc, rpc.setupEndpoint(PREFIX + runId, new Endpoint(rpc, listener)));
  }

  @Override
  public void close() {
    rpc.stop(reference);
  }

  /** An executor's end of the channel. */
  static final class Sender {
    private final RpcEndpointRef driver;

    private Sender(RpcEndpointRef driver) {
      this.driver = driver;
    }

    /** Connects to the driver of a run. */
    static Sender connect(String runId) {
      SparkEnv env = SparkEnv.get();
      return new Sender(RpcUtils.makeDriverRef(PREFIX + runId, env.conf(), env.rpcEnv()));
    }

    /** Sends without waiting; a failure arrives even when its cause cannot be serialised. */
    void send(WorkerMessage message) {
      // Bytes, because Spark deserialises with a class loader that may not know the application's
      // classes.
      byte[] bytes;
      try {
        bytes = serialise(message);
      } catch (RuntimeException e) {
        if (!(message instanceof WorkerMessage.Failed failed)) {
          throw e;
        }
        bytes = serialise(failed.withoutCauses());
      }
      driver.send(bytes);
    }
  }

  private record Endpoint(RpcEnv rpcEnv, Consumer<WorkerMessage> listener)
      implements ThreadSafeRpcEndpoint {
    @Override
    public PartialFunction<Object, BoxedUnit> receive() {
      return new AbstractPartialFunction<>() {
        @Override
        public boolean isDefinedAt(Object message) {
          return message instanceof byte[];
        }

        @Override
        public BoxedUnit apply(Object message) {
          listener.accept(deserialise((byte[]) message));
          return BoxedUnit.UNIT;
        }
      };
    }
  }

  static byte[] serialise(WorkerMessage message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static WorkerMessage deserialise(byte[] bytes) {
    try (ObjectInputStream in = new ApplicationObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (WorkerMessage) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("a worker's message cannot be read", e);
    }
  }
}
