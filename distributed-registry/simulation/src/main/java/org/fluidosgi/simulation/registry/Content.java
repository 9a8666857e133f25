package org.fluidosgi.simulation.registry;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;

/** What a record of the workload holds: all of it follows from one number, so that a receiver can prove every byte. */
final class Content {
  static final String VALUE = "value";

  private Content() {}

  static Publication publication(
      String kind, String name, long term, RegistryRecord.Scope scope, long value) {
    return new Publication(kind, name, term, scope, keys(value), attributes(value));
  }

  /** A record longer than any store takes. */
  static Publication tooLarge(String kind, String name) {
    return Publication.of(
        kind, name, Set.of(), Map.of("bytes", new byte[RegistryStore.RECORD_BYTES_MAX]));
  }

  private static Map<String, Object> attributes(long value) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put(VALUE, value);
    attributes.put("group", (int) (value % 7));
    attributes.put("text", "v" + value);
    attributes.put("objectClass", objectClass(value));
    attributes.put("bsn", "b" + value % 4);
    attributes.put("bytes", bytes(value));
    return attributes;
  }

  /** Found by an index; some are of a type that no index expects. */
  private static Object objectClass(long value) {
    return value % 29 == 0 ? (Object) 7 : new String[] {"c" + value % 3, "d" + value % 2};
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
    if (value < 0 || !record.keys().equals(keys(value))) {
      return false;
    }
    Map<String, Object> expected = attributes(value);
    return record.attributes().keySet().equals(expected.keySet())
        && expected.entrySet().stream()
            .allMatch(each ->
                Objects.deepEquals(each.getValue(), record.attributes().get(each.getKey())));
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
