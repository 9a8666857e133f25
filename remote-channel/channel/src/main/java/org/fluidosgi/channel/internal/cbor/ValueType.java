package org.fluidosgi.channel.internal.cbor;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.Version;

/** The scalar types, and how each is marked on the wire.
 * Byte table (CBOR tags; none = the bare CBOR item says it):
 *
 * <pre>
 * type       item              tag     array of boxed  array of primitives
 * String     text              none    0xF110          -
 * Boolean    true/false        none    0xF111          0xF121
 * Integer    integer           none    0xF112          0xF122
 * Long       integer           0xF101  0xF113          0xF123
 * Short      integer           0xF102  0xF114          0xF124
 * Byte       integer           0xF103  0xF115          none: byte string
 * Character  integer 0..65535  0xF104  0xF116          0xF126
 * Float      32 bit float      none    0xF117          0xF127
 * Double     64 bit float      none    0xF118          0xF128
 * Version    text              0xF105  0xF119          -
 * Set        array             0xF106
 * List       array             none
 * Map        map, text keys    none
 * </pre>
 *
 * Elements of a tagged array are written bare: the tag says their type. */
enum ValueType {
  STRING(String.class, null, 0, 0),
  BOOLEAN(Boolean.class, boolean.class, 0, 1),
  INTEGER(Integer.class, int.class, 0, 2),
  LONG(Long.class, long.class, 0xF101, 3),
  SHORT(Short.class, short.class, 0xF102, 4),
  BYTE(Byte.class, byte.class, 0xF103, 5),
  CHARACTER(Character.class, char.class, 0xF104, 6),
  FLOAT(Float.class, float.class, 0, 7),
  DOUBLE(Double.class, double.class, 0, 8),
  VERSION(Version.class, null, 0xF105, 9);

  /** Marks a Set. */
  static final int SET_TAG = 0xF106;

  private static final int BOXED_ARRAYS = 0xF110;
  private static final int PRIMITIVE_ARRAYS = 0xF120;

  /** The type of values; of elements of boxed arrays. */
  final Class<?> boxed;

  /** The element type of primitive arrays, if there are such. */
  final @Nullable Class<?> primitive;

  /** Tag in front of a single value, 0 for none. */
  final int tag;

  final int boxedArrayTag;
  final int primitiveArrayTag;

  ValueType(Class<?> boxed, @Nullable Class<?> primitive, int tag, int number) {
    this.boxed = boxed;
    this.primitive = primitive;
    this.tag = tag;
    boxedArrayTag = BOXED_ARRAYS + number;
    primitiveArrayTag = PRIMITIVE_ARRAYS + number;
  }

  /** The type of that value or array element class, or null. */
  static @Nullable ValueType of(Class<?> type) {
    for (ValueType each : values()) {
      if (each.boxed == type || each.primitive == type) {
        return each;
      }
    }
    return null;
  }

  /** The type whose single values carry that tag, or null. */
  static @Nullable ValueType ofTag(int tag) {
    for (ValueType each : values()) {
      if (each.tag == tag && tag != 0) {
        return each;
      }
    }
    return null;
  }

  /** The type whose arrays carry that tag, or null. */
  static @Nullable ValueType ofArrayTag(int tag) {
    for (ValueType each : values()) {
      if (each.boxedArrayTag == tag
          || (each.primitiveArrayTag == tag && each.primitive != null && each != BYTE)) {
        return each;
      }
    }
    return null;
  }
}
