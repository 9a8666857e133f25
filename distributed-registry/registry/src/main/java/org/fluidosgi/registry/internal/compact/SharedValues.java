package org.fluidosgi.registry.internal.compact;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.channel.attributes.AttributeShaping;
import org.jspecify.annotations.Nullable;

/** One object for the many equal ones that records are made of: names of attributes, classes, addresses, sets of keys.
 * Shape: of each sort the last seen, one for each place; what comes from the network takes the place of other things, never more. Threads:
 * any, without a lock: two threads that use a place at the same time may keep two equal objects, all of them immutable. */
public final class SharedValues implements AttributeShaping {
  /** Texts kept. */
  static final int TEXTS_MAX = 4_096;

  /** Longest text kept. */
  static final int TEXT_CHARS_MAX = 128;

  /** Sets of keys kept. */
  static final int KEY_SETS_MAX = 1_024;

  /** Most keys of a set that is kept. */
  static final int KEYS_MAX = 8;

  /** Lists of names kept. */
  static final int NAME_LISTS_MAX = 256;

  static final SharedValues NONE = new SharedValues(0, 0, 0);

  private final @Nullable String[] texts;
  private final @Nullable Set<String>[] keySets;
  private final @Nullable Names[] nameLists;

  /** For records that stay. */
  public SharedValues() {
    this(TEXTS_MAX, KEY_SETS_MAX, NAME_LISTS_MAX);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private SharedValues(int texts, int keySets, int nameLists) {
    this.texts = new String[texts];
    this.keySets = new Set[keySets];
    this.nameLists = new Names[nameLists];
  }

  /** Shares nothing: for what is soon forgotten. */
  public static SharedValues none() {
    return NONE;
  }

  /** That text. */
  @Override
  public String text(String text) {
    if (texts.length == 0 || text.length() > TEXT_CHARS_MAX) {
      return text;
    }
    int place = placeOf(text.hashCode(), texts.length);
    String known = texts[place];
    if (known != null && known.equals(text)) {
      return known;
    }
    texts[place] = text;
    return text;
  }

  @Override
  public Map<String, Object> map(Map<String, Object> read) {
    return FixedMap.copyOf(read, this);
  }

  /** That set, which cannot be changed. */
  public Set<String> keys(Set<String> keys) {
    Set<String> fixed = Set.copyOf(keys);
    if (keySets.length == 0
        || fixed.size() > KEYS_MAX
        || fixed.stream().anyMatch(key -> key.length() > TEXT_CHARS_MAX)) {
      return fixed;
    }
    int place = placeOf(fixed.hashCode(), keySets.length);
    Set<String> known = keySets[place];
    if (known != null && known.equals(fixed)) {
      return known;
    }
    keySets[place] = fixed;
    return fixed;
  }

  /** Those names, all different; the array is not copied. */
  public Names names(String[] names) {
    if (nameLists.length == 0
        || Arrays.stream(names).anyMatch(name -> name.length() > TEXT_CHARS_MAX)) {
      return new Names(names);
    }
    int hash = Arrays.hashCode(names);
    int place = placeOf(hash, nameLists.length);
    Names known = nameLists[place];
    if (known != null && known.are(names, hash)) {
      return known;
    }
    Names made = new Names(names);
    nameLists[place] = made;
    return made;
  }

  private static int placeOf(int hash, int places) {
    int mixed = hash * 0x9e3779b9; // low bits of a text's hash say little
    return (mixed >>> 16) & (places - 1);
  }
}
