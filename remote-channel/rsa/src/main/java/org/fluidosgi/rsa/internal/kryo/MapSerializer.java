package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A map: order (sorted ones only), count, keys and values with their types. What is read is always mutable. */
final class MapSerializer extends Serializer<Map<?, ?>> {
  @Override
  public void write(Kryo kryo, Output output, Map<?, ?> map) {
    if (map instanceof SortedMap<?, ?> sorted) {
      output.writeByte(CollectionSerializer.order(sorted.comparator()));
    }
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    output.writeVarInt(entries.size(), true);
    for (Map.Entry<?, ?> entry : entries) {
      kryo.writeClassAndObject(output, entry.getKey());
      kryo.writeClassAndObject(output, entry.getValue());
    }
  }

  @Override
  public Map<?, ?> read(Kryo kryo, Input input, Class<? extends Map<?, ?>> type) {
    Map<Object, Object> map = create(type, input);
    int count = ((LimitedInput) input).readCount();
    kryo.reference(map);
    AllowListResolver resolver = AllowListResolver.of(kryo);
    for (int i = 0; i < count; i++) {
      Object key = kryo.readClassAndObject(input);
      Object value = kryo.readClassAndObject(input);
      if (!resolver.leavesOut(key) && !resolver.leavesOut(value)) {
        map.put(key, value);
      }
    }
    return map;
  }

  private static Map<Object, Object> create(Class<?> type, Input input) {
    if (type == TreeMap.class) {
      return new TreeMap<>(CollectionSerializer.comparator(input.readByte()));
    } else if (type == HashMap.class) {
      return new HashMap<>();
    } else if (type == ConcurrentHashMap.class) {
      return new ConcurrentHashMap<>();
    } else if (type == Hashtable.class) {
      return new Hashtable<>();
    } else if (type == Properties.class) {
      return new Properties();
    }
    return new LinkedHashMap<>();
  }
}
