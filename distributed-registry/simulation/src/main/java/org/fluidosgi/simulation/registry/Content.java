package org.fluidosgi.simulation.registry;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;

/** What a record of the workload holds: all of it follows from one number, so that a receiver can prove every byte. */
final class Content {
  static final String VALUE = "value";
  static final String GROUP = "group";

  private Content() {}

  static Publication publication(
      String kind, String name, long term, RegistryRecord.Scope scope, long value) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put(VALUE, value);
    attributes.put(GROUP, (int) (value % 7));
    attributes.put("text", "v" + value);
    attributes.put("bytes", bytes(value));
    return new Publication(kind, name, term, scope, keys(value), attributes);
  }

  /** A record longer than any store takes. */
  static Publication tooLarge(String kind, String name) {
    return Publication.of(
        kind, name, Set.of(), Map.of("bytes", new byte[RegistryStore.RECORD_BYTES_MAX]));
  }

  static Set<String> keys(long value) {
    return new TreeSet<>(Set.of("k:" + value % 5, "all"));
  }

  /** Most are short; some are so long that a snapshot of a few needs several chunks. */
  private static byte[] bytes(long value) {
    byte[] bytes = new byte[value % 151 == 0 ? 140_000 : (int) (value % 40)];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  static long value(RegistryRecord record) {
    return record.attributes().get(VALUE) instanceof Long value ? value : -1;
  }

  /** Whether the record is exactly what was published under its number. */
  static boolean isWhole(RegistryRecord record) {
    long value = value(record);
    return value >= 0
        && record.attributes().size() == 4
        && record.keys().equals(keys(value))
        && Integer.valueOf((int) (value % 7)).equals(record.attributes().get(GROUP))
        && ("v" + value).equals(record.attributes().get("text"))
        && record.attributes().get("bytes") instanceof byte[] bytes
        && Arrays.equals(bytes, bytes(value));
  }

  /** A number that stands for this version of this record; sums of them stand for sets of records. */
  static long hash(
      String kind, String name, long term, RegistryRecord.Scope scope, long seq, long value) {
    long hash = mix(kind.hashCode() * 31L + name.hashCode());
    hash = mix(hash + term * 4 + scope.ordinal());
    hash = mix(hash + seq);
    return mix(hash + value);
  }

  static long hash(RegistryRecord record) {
    return hash(
        record.id().kind(),
        record.id().name(),
        record.term(),
        record.scope(),
        record.seq(),
        value(record));
  }

  private static long mix(long number) {
    long z = number + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
