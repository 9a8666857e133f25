package org.fluidosgi.itests.benchmarks.registry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.infinispan.Cache;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.commons.marshall.JavaSerializationMarshaller;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.cache.IndexStorage;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;

/** The same records in an Infinispan cache: indexed by their classes, the rest asked of what is found; with several members every one
 * holds all. Members live in one JVM and talk over loopback sockets. */
final class InfinispanRun {
  private static final String STACK =
      "/org/fluidosgi/itests/benchmarks/registry/infinispan-stack.xml";
  private static final String QUERY = "FROM " + InfinispanEntry.class.getName()
      + " e WHERE e.classes = :type AND e.region = 'r3' AND e.rank >= 10";

  /** Records put with one call at the start: one by one takes three members minutes. */
  private static final int TOGETHER = 500;

  /** Not more: after some thousand single writes three members stand still for minutes. */
  private static final int WRITES = 300;

  private final int members;
  private final double scale;
  private final Child.Out out;
  private final Records records = new Records(LookupRun.RECORDS);

  InfinispanRun(int members, double scale, Child.Out out) {
    this.members = members;
    this.scale = scale;
    this.out = out;
  }

  void run() throws Exception {
    List<DefaultCacheManager> managers = new ArrayList<>();
    try {
      for (int i = 0; i < members; i++) {
        managers.add(manager());
      }
      DefaultCacheManager last = managers.get(members - 1);
      int seen = members == 1 ? 1 : last.getMembers().size();
      if (seen != members) {
        throw new IllegalStateException(seen + " instead of " + members + " Infinispan members");
      }
      String peer = "infinispan, " + members + (members == 1 ? " member" : " members");
      new GridRun(peer, records, scale, out).run(new CacheGrid(last.getCache(Records.KIND)));
    } finally {
      for (DefaultCacheManager manager : managers) {
        manager.close();
      }
    }
  }

  private DefaultCacheManager manager() throws IOException {
    GlobalConfigurationBuilder global = members == 1
        ? new GlobalConfigurationBuilder().nonClusteredDefault()
        : GlobalConfigurationBuilder.defaultClusteredBuilder();
    global
        .serialization()
        .marshaller(new JavaSerializationMarshaller())
        .allowList()
        .addClasses(InfinispanEntry.class, String[].class);
    global.metrics().gauges(false);
    if (members > 1) {
      global
          .transport()
          .clusterName("fluid-bench")
          .addProperty("configurationFile", STACK.substring(1));
    }
    DefaultCacheManager manager = new DefaultCacheManager(global.build());
    manager.defineConfiguration(Records.KIND, cache());
    manager.getCache(Records.KIND);
    return manager;
  }

  private Configuration cache() {
    ConfigurationBuilder cache = new ConfigurationBuilder();
    cache.clustering().cacheMode(members == 1 ? CacheMode.LOCAL : CacheMode.REPL_SYNC);
    cache.encoding().key().mediaType(MediaType.APPLICATION_OBJECT_TYPE);
    cache.encoding().value().mediaType(MediaType.APPLICATION_OBJECT_TYPE);
    cache
        .indexing()
        .enable()
        .storage(IndexStorage.LOCAL_HEAP)
        .addIndexedEntity(InfinispanEntry.class);
    return cache.build();
  }

  private final class CacheGrid implements GridRun.Grid {
    private final Cache<String, InfinispanEntry> cache;

    CacheGrid(Cache<String, InfinispanEntry> cache) {
      this.cache = cache;
    }

    @Override
    public void fill(int count) {
      for (int i = 0; i < count; i += TOGETHER) {
        cache.putAll(IntStream.range(i, Math.min(i + TOGETHER, count))
            .boxed()
            .collect(Collectors.toMap(each -> "record-" + each, each -> entry(each, 0))));
      }
    }

    @Override
    public int writes() {
      return WRITES;
    }

    @Override
    public void put(int i, int version) {
      cache.put("record-" + i, entry(i, version));
    }

    private InfinispanEntry entry(int i, int version) {
      return new InfinispanEntry(records.attributes(i, version));
    }

    @Override
    public void remove(int i) {
      cache.remove("record-" + i);
    }

    @Override
    public int find(int i) {
      return cache
          .query(QUERY)
          .setParameter("type", records.type(i))
          .maxResults(Records.CANDIDATES)
          .execute()
          .list()
          .size();
    }
  }
}
