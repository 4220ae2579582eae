package dev.sinter.trainer;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.DatanodeInfo;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.spark.launcher.JavaModuleOptions;

/** A NameNode and DataNodes, each a process of its own on a free port of this host. */
public final class HdfsProcesses implements AutoCloseable {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final Path folder;
  private final URI uri;
  private final Process nameNode;
  private final List<Process> dataNodes = new ArrayList<>();
  private final DistributedFileSystem files;

  private HdfsProcesses(Path folder, int count) throws IOException {
    this.folder = folder;
    this.uri = URI.create("hdfs://127.0.0.1:" + freePort());
    NameNode.format(configuration(Map.of()));
    this.nameNode = start("name-node", NameNode.class, Map.of());
    for (int i = 0; i < count; i++) {
      dataNodes.add(startDataNode(i));
    }
    this.files = (DistributedFileSystem) FileSystem.newInstance(uri, client());
  }

  /** Starts the processes and waits until all take part. */
  public static HdfsProcesses start(Path folder, int dataNodes) throws IOException {
    HdfsProcesses hdfs = new HdfsProcesses(folder, dataNodes);
    try {
      hdfs.awaitAll();
      return hdfs;
    } catch (Throwable e) {
      hdfs.close();
      throw e;
    }
  }

  /** Such as {@code hdfs://127.0.0.1:9000}. */
  public String uri() {
    return uri.toString();
  }

  /** A client of its own. */
  public DistributedFileSystem files() {
    return files;
  }

  /** Ends a DataNode as {@code kill -9} does; its disk stays. */
  public void kill(int dataNode) {
    dataNodes.get(dataNode).destroyForcibly().onExit().join();
  }

  /** Whether a DataNode's process lives. */
  public boolean isAlive(int dataNode) {
    return dataNodes.get(dataNode).isAlive();
  }

  /** Starts a killed DataNode again on its disk, and waits until it takes part. */
  public void bringBack(int dataNode) throws IOException {
    dataNodes.set(dataNode, startDataNode(dataNode));
    awaitAll();
  }

  /** Waits until every block of the files below a folder lies on so many living DataNodes. */
  public void awaitReplicas(String below, int replicas) throws IOException {
    await(
        replicas + " replicas of all below " + below,
        () -> {
          var found = files.listFiles(new org.apache.hadoop.fs.Path(below), true);
          while (found.hasNext()) {
            var file = found.next();
            for (LocatedBlock block :
                files
                    .getClient()
                    .getLocatedBlocks(file.getPath().toUri().getPath(), 0, file.getLen())
                    .getLocatedBlocks()) {
              long living = 0;
              for (DatanodeInfo node : block.getLocations()) {
                living += answers(node) ? 1 : 0;
              }
              if (living < replicas) {
                return false;
              }
            }
          }
          return true;
        });
  }

  private void awaitAll() throws IOException {
    await(
        dataNodes.size() + " DataNodes",
        () -> {
          int answering = 0;
          for (DatanodeInfo node : files.getDataNodeStats(DatanodeReportType.LIVE)) {
            answering += answers(node) ? 1 : 0;
          }
          return answering == dataNodes.size();
        });
  }

  private static boolean answers(DatanodeInfo node) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(node.getIpAddr(), node.getXferPort()), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void await(String what, Callable<Boolean> holds) throws IOException {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    try {
      while (!holdsNow(holds)) {
        if (System.nanoTime() > deadline || nameNode.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IOException("HDFS does not come to have " + what);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static boolean holdsNow(Callable<Boolean> condition) throws IOException {
    try {
      return condition.call();
    } catch (IOException e) {
      return false; // the NameNode does not listen yet
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private Process startDataNode(int index) throws IOException {
    return start(
        "data-node-" + index,
        DataNode.class,
        Map.of("dfs.datanode.data.dir", folder.resolve("data-" + index).toUri().toString()));
  }

  private Process start(String name, Class<?> main, Map<String, String> own) throws IOException {
    Path settings = folder.resolve(name);
    for (String page : List.of("hdfs", "datanode", "secondary")) {
      // The servers insist on the folders of their web pages, which the jars lack.
      Files.createDirectories(settings.resolve("webapps").resolve(page));
    }
    try (OutputStream out = Files.newOutputStream(settings.resolve("hdfs-site.xml"))) {
      configuration(own).writeXml(out);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    command.addAll(
        List.of("-cp", settings + ":" + System.getProperty("java.class.path"), main.getName()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()))
        .start();
  }

  private Configuration configuration(Map<String, String> own) {
    Map<String, String> settings = new TreeMap<>(own);
    settings.put("fs.defaultFS", uri());
    settings.put("hadoop.tmp.dir", folder.resolve("tmp").toString());
    settings.put("dfs.namenode.name.dir", folder.resolve("names").toUri().toString());
    settings.put("dfs.namenode.http-address", "127.0.0.1:0");
    settings.put("dfs.datanode.address", "127.0.0.1:0");
    settings.put("dfs.datanode.http.address", "127.0.0.1:0");
    settings.put("dfs.datanode.ipc.address", "127.0.0.1:0");
    settings.put("dfs.replication", "2");
    settings.put("dfs.namenode.safemode.extension", "0");
    // A silent node is found out, and its blocks are copied, within seconds.
    settings.put("dfs.heartbeat.interval", "1");
    settings.put("dfs.namenode.heartbeat.recheck-interval", "500");
    settings.put("dfs.namenode.redundancy.interval.seconds", "1");
    // A copy that was ordered to a node that had just died is ordered again.
    settings.put("dfs.namenode.reconstruction.pending.timeout-sec", "5");
    Configuration configuration = new Configuration(false);
    settings.forEach(configuration::set);
    return configuration;
  }

  private static Configuration client() {
    Configuration configuration = new Configuration();
    configuration.set("dfs.replication", "2");
    return configuration;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
    dataNodes.forEach(Process::destroyForcibly);
    nameNode.destroyForcibly();
    dataNodes.forEach(process -> process.onExit().join());
    nameNode.onExit().join();
  }
}
