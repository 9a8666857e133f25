package org.fluidosgi.itests.benchmarks.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.fluidosgi.itests.benchmarks.figures.Home;

/** What one process measures. */
enum Subject {
  FELIX(
      "org.apache.felix.framework-",
      "1g",
      "lookup",
      List.of("felix"),
      "our registry in Felix beside Felix's own (`getAllServiceReferences`, `registerService`,"
          + " `setProperties`, no listeners), same properties in both; ours alone on its local"
          + " engine"),
  EQUINOX(
      "org.eclipse.osgi-",
      "1g",
      "lookup",
      List.of("equinox"),
      "the same in Equinox beside Equinox's own"),
  HAZELCAST(
      Home.PEERS + "hazelcast/",
      "1g",
      "hazelcast",
      List.of("1"),
      "a Hazelcast map of the same records, hash index on the classes, the rest by predicate, objects kept"
          + " deserialized"),
  HAZELCAST_3(
      Home.PEERS + "hazelcast/",
      "1g",
      "hazelcast",
      List.of("3"),
      "the same map on three members in one JVM over loopback sockets, one backup of each record;"
          + " ours holds all records on each member and looks up there whatever the number of"
          + " members; its writes wait for a backup on another member, the reference here is ours"
          + " alone, which sends nothing"),
  INFINISPAN(
      Home.PEERS + "infinispan/",
      "1g",
      "infinispan",
      List.of("1"),
      "an Infinispan cache of the same records, local, Lucene index on the heap of the classes, the rest by"
          + " its query language, objects kept as they are"),
  INFINISPAN_3(
      Home.PEERS + "infinispan/",
      "1g",
      "infinispan",
      List.of("3"),
      "the same, replicated to three members in one JVM over loopback sockets: like ours all records are on"
          + " each member and looked up there; its writes wait for the other members, the reference is ours"
          + " alone"),
  HEAP(
      "org.apache.felix.framework-",
      "1g",
      "heap",
      List.of(),
      "heap in use after full collections, with and without 10,000 records of another node"),
  ENDPOINT(
      "org.apache.felix.framework-",
      "1g",
      "endpoint",
      List.of(),
      "two Felix frameworks of one JVM, each with all bundles of the product and classes of its own, joined by JGroups over"
          + " loopback: a service that a bundle of B registers, the event of its import in A; and what the heap grows by when"
          + " A joins B again and imports 5,000"),
  JOIN_10(
      "org.apache.felix.framework-",
      "5g",
      "join",
      List.of("memory", "10", "100000"),
      "a newcomer to 10 nodes that hold 100,000 records, each node a Felix of its own in one JVM, on"
          + " an engine that hands messages over in memory: neither network nor failure detection"),
  JOIN_100(
      "org.apache.felix.framework-",
      "5g",
      "join",
      List.of("memory", "100", "10000"),
      "the same with 100 nodes and 10,000 records"),
  JGROUPS_10(
      "org.apache.felix.framework-",
      "5g",
      "join",
      List.of("jgroups", "10", "100000"),
      "the same as `join-10` with the engine of the product: JGroups over our channel, each node a listener of its own, real"
          + " sockets of the loopback interface, all in one JVM"),
  JGROUPS_30(
      "org.apache.felix.framework-",
      "5g",
      "join",
      List.of("jgroups", "30", "10000"),
      "the same with 30 nodes and 10,000 records; limits of silence, handshakes and joins at 60 s, since a few processors"
          + " carry all of them"),
  JGROUPS_100(
      "org.apache.felix.framework-",
      "10g",
      "join",
      List.of("jgroups", "100", "10000"),
      "the same with 100 nodes: only when it is named, it takes some 3,000 threads");

  private final String jar;
  private final String heap;
  private final String run;
  private final List<String> arguments;
  private final String meaning;

  Subject(String jar, String heap, String run, List<String> arguments, String meaning) {
    this.jar = jar;
    this.heap = heap;
    this.run = run;
    this.arguments = arguments;
    this.meaning = meaning;
  }

  /** The framework or grid measured with. Errors: IOException when it is not there. */
  List<Path> jars() throws IOException {
    return isGrid() ? Home.jars(jar) : List.of(Home.jar("frameworks", jar));
  }

  /** The bundles of the product that its process needs; a grid brings a JGroups of its own, ours holds but a part of it. */
  List<String> bundles() {
    return isGrid()
        ? List.of("channel-", "registry-", "jackson-core-")
        : List.of("channel-", "registry-", "jackson-core-", "jgroups-");
  }

  private boolean isGrid() {
    return jar.endsWith("/");
  }

  String heap() {
    return heap;
  }

  String meaning() {
    return meaning;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether each round takes a process of its own; building a large group takes longer than the round. */
  boolean everyRound() {
    return !run.equals("join");
  }

  /** Whether any machine of a developer carries it. */
  boolean usual() {
    return this != JGROUPS_100;
  }

  /** Whether it is quick enough for a first impression. */
  boolean quick() {
    return this == FELIX
        || this == EQUINOX
        || this == HAZELCAST
        || this == HEAP
        || this == JOIN_100;
  }

  List<String> arguments(double scale, int rounds) {
    List<String> all = new ArrayList<>(List.of(run, Double.toString(scale)));
    all.addAll(arguments);
    if (!everyRound()) {
      all.add(Integer.toString(rounds));
    }
    return all;
  }

  static Subject of(String label) {
    return Arrays.stream(values())
        .filter(subject -> subject.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            "no subject '" + label + "': there are " + String.join(", ", new Labels())));
  }

  /** For the help text. */
  static final class Labels implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(values()).map(Subject::label).iterator();
    }
  }
}
