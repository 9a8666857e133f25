package org.fluidosgi.itests.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is measured; the first one is the reference of all ratios. */
enum Peer {
  NETTY_ECHO(
      "plain multiplexed Netty NIO echo, one flush per call, hand-written codec, no service behind it"),
  FLUID(
      "ours: service of a bundle, called through its proxy in another framework, dispatched on the executor"),
  FLUID_INLINE("the same, the service declares that it never blocks (fluid.rsa.inline)"),
  RMI("the JDK's RMI");

  private final String meaning;

  Peer(String meaning) {
    this.meaning = meaning;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String meaning() {
    return meaning;
  }

  boolean ours() {
    return this == FLUID || this == FLUID_INLINE;
  }

  static Peer of(String label) {
    return Arrays.stream(values())
        .filter(peer -> peer.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no peer '" + label + "': there are "
            + Arrays.stream(values()).map(Peer::label).toList()));
  }

  static List<Peer> all() {
    return List.of(values());
  }
}
