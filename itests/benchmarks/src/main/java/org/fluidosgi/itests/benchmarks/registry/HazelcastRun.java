package org.fluidosgi.itests.benchmarks.registry;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.IndexConfig;
import com.hazelcast.config.IndexType;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The same records in a Hazelcast map: hash index on the classes, the rest by predicate; one copy kept on another member where
 * there is one. Members live in one JVM and talk over loopback sockets. */
final class HazelcastRun {
  private static final String LOOPBACK = "127.0.0.1";

  private final int members;
  private final double scale;
  private final Child.Out out;
  private final Records records = new Records(LookupRun.RECORDS);

  /** A record as the map holds it. Shape: compact serialization takes the components by name. */
  record Entry(
      String[] classes,
      String region,
      int rank,
      String endpoint,
      String framework,
      String[] configs,
      long service,
      String address,
      String name,
      String[] intents) {}

  HazelcastRun(int members, double scale, Child.Out out) {
    this.members = members;
    this.scale = scale;
    this.out = out;
  }

  void run() throws Exception {
    List<HazelcastInstance> instances = new ArrayList<>();
    String first = "";
    for (int i = 0; i < members; i++) {
      HazelcastInstance instance = Hazelcast.newHazelcastInstance(config(i, first));
      instances.add(instance);
      if (i == 0) {
        first =
            LOOPBACK + ":" + instance.getCluster().getLocalMember().getAddress().getPort();
      }
    }
    try {
      HazelcastInstance last = instances.get(members - 1);
      int seen = last.getCluster().getMembers().size();
      if (seen != members) {
        throw new IllegalStateException(seen + " instead of " + members + " Hazelcast members");
      }
      String peer = "hazelcast, " + members + (members == 1 ? " member" : " members");
      new GridRun(peer, records, scale, out).run(new MapGrid(last.getMap(Records.KIND)));
    } finally {
      instances.forEach(HazelcastInstance::shutdown);
    }
  }

  private final class MapGrid implements GridRun.Grid {
    private final IMap<String, Entry> map;

    MapGrid(IMap<String, Entry> map) {
      this.map = map;
    }

    @Override
    public void put(int i, int version) {
      map.set("record-" + i, entry(i, version));
    }

    @Override
    public void remove(int i) {
      map.delete("record-" + i);
    }

    @Override
    public int find(int i) {
      Predicate<String, Entry> predicate = Predicates.and(
          Predicates.equal("classes[any]", records.type(i)),
          Predicates.equal("region", "r3"),
          Predicates.greaterEqual("rank", 10));
      return map.values(predicate).size();
    }
  }

  private Entry entry(int i, int version) {
    Map<String, Object> attributes = records.attributes(i, version);
    return new Entry(
        of(attributes, "objectClass", String[].class),
        of(attributes, "region", String.class),
        of(attributes, "rank", Integer.class),
        of(attributes, "endpoint.id", String.class),
        of(attributes, "endpoint.framework.uuid", String.class),
        of(attributes, "service.imported.configs", String[].class),
        of(attributes, "endpoint.service.id", Long.class),
        of(attributes, "fluid.channel.address", String.class),
        of(attributes, "name", String.class),
        of(attributes, "service.intents", String[].class));
  }

  private static <T> T of(Map<String, Object> attributes, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(attributes.get(name), name));
  }

  private static Config config(int number, String first) {
    Config config = new Config("bench-" + number).setClusterName("fluid-bench");
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.getNetworkConfig().setPort(0).getInterfaces().setEnabled(true).addInterface(LOOPBACK);
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    if (!first.isEmpty()) {
      join.getTcpIpConfig().addMember(first);
    }
    return config.addMapConfig(new MapConfig(Records.KIND)
        .setInMemoryFormat(InMemoryFormat.OBJECT)
        .addIndexConfig(new IndexConfig(IndexType.HASH, "classes[any]")));
  }
}
