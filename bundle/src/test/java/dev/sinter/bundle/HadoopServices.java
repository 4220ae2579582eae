package dev.sinter.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * A NameNode and two DataNodes, and with {@code yarn} a ResourceManager and two NodeManagers, in a
 * process of their own. Writes the files of a HADOOP_CONF_DIR, then waits until its standard input
 * ends.
 */
final class HadoopServices {
  private static final int NODE_MEGABYTES = 65536;
  private static final int NODE_CORES = 32;

  private HadoopServices() {}

  public static void main(String[] arguments) {
    int status = 0;
    try {
      serve(Path.of(arguments[0]), arguments.length > 1);
    } catch (Exception e) {
      e.printStackTrace();
      status = 1;
    }
    System.exit(status); // servers leave threads behind
  }

  private static void serve(Path folder, boolean withYarn) throws Exception {
    Configuration hdfs = new Configuration();
    hdfs.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    hdfs.set("dfs.namenode.fs-limits.min-block-size", "4096");
    try (MiniDFSCluster cluster = new MiniDFSCluster.Builder(hdfs).numDataNodes(2).build()) {
      cluster.waitActive();
      write(folder.resolve("core-site.xml"), Map.of("fs.defaultFS", cluster.getURI().toString()));
      write(folder.resolve("hdfs-site.xml"), Map.of("dfs.replication", "2"));
      if (withYarn) {
        startYarn(hdfs, folder);
      }
      System.out.println("up " + cluster.getURI());
      while (System.in.read() >= 0) {
        // until the test ends
      }
    }
  }

  private static void startYarn(Configuration hdfs, Path folder) throws Exception {
    YarnConfiguration yarn = new YarnConfiguration(hdfs);
    // What a node offers is only counted: nothing here takes so much.
    yarn.setInt("yarn.nodemanager.resource.memory-mb", NODE_MEGABYTES);
    yarn.setInt("yarn.minicluster.yarn.nodemanager.resource.memory-mb", NODE_MEGABYTES);
    yarn.setInt("yarn.nodemanager.resource.cpu-vcores", NODE_CORES);
    yarn.setInt("yarn.scheduler.maximum-allocation-mb", NODE_MEGABYTES);
    yarn.setInt("yarn.scheduler.maximum-allocation-vcores", NODE_CORES);
    yarn.setInt("yarn.scheduler.minimum-allocation-mb", 128);
    yarn.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
    yarn.setBoolean("yarn.nodemanager.pmem-check-enabled", false);
    yarn.setFloat(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 99.9f);
    yarn.set("yarn.scheduler.capacity.root.queues", "default");
    yarn.set("yarn.scheduler.capacity.root.default.capacity", "100");
    yarn.set("yarn.scheduler.capacity.root.default.maximum-am-resource-percent", "1.0");
    yarn.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
    MiniYARNCluster cluster = new MiniYARNCluster("sinter", 1, 2, 1, 1);
    cluster.init(yarn);
    cluster.start();
    if (!cluster.waitForNodeManagersToConnect(60_000)) {
      throw new IOException("the NodeManagers do not connect");
    }
    // A client must not be told of what only the mini cluster has.
    Configuration ofClient = new Configuration(false);
    for (Map.Entry<String, String> entry : cluster.getConfig()) {
      if (entry.getKey().startsWith("yarn.")
          && !entry.getKey().equals("yarn.application.classpath")) {
        ofClient.set(entry.getKey(), entry.getValue());
      }
    }
    try (OutputStream out = Files.newOutputStream(folder.resolve("yarn-site.xml"))) {
      ofClient.writeXml(out);
    }
  }

  private static void write(Path file, Map<String, String> settings) throws IOException {
    Configuration configuration = new Configuration(false);
    settings.forEach(configuration::set);
    try (OutputStream out = Files.newOutputStream(file)) {
      configuration.writeXml(out);
    }
  }
}
