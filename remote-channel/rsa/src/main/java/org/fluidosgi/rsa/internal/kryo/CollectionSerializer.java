package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.PriorityQueue;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;

/** A collection: order (sorted ones only), count, elements with their types. What is read is always mutable. */
final class CollectionSerializer extends Serializer<Collection<?>> {
  private static final int NATURAL = 0;
  private static final int REVERSE = 1;

  @Override
  public void write(Kryo kryo, Output output, Collection<?> collection) {
    if (collection instanceof SortedSet<?> sorted) {
      output.writeByte(order(sorted.comparator()));
    } else if (collection instanceof PriorityQueue<?> queue) {
      output.writeByte(order(queue.comparator()));
    }
    Object[] elements = collection.toArray(); // one consistent look, whatever other threads do
    output.writeVarInt(elements.length, true);
    for (Object element : elements) {
      kryo.writeClassAndObject(output, element);
    }
  }

  static int order(@Nullable Comparator<?> comparator) {
    if (comparator == null || comparator.equals(Comparator.naturalOrder())) {
      return NATURAL;
    }
    if (comparator.equals(Collections.reverseOrder())) {
      return REVERSE;
    }
    throw new CodecException("a comparator (" + comparator.getClass().getName()
        + ") cannot be sent: send a list, or sort naturally or in reverse");
  }

  static @Nullable Comparator<Object> comparator(int order) {
    return switch (order) {
      case NATURAL -> null;
      case REVERSE -> Collections.reverseOrder();
      default -> throw new CodecException("unknown order " + order + " of a sorted collection");
    };
  }

  @Override
  public Collection<?> read(Kryo kryo, Input input, Class<? extends Collection<?>> type) {
    Class<?> wanted = type;
    @Nullable
    Comparator<Object> comparator = wanted == TreeSet.class || wanted == PriorityQueue.class
        ? comparator(input.readByte())
        : null;
    int count = ((LimitedInput) input).readCount();
    if (wanted == CopyOnWriteArrayList.class) {
      ArrayList<Object> elements = new ArrayList<>(count);
      fill(kryo, input, elements, count);
      return new CopyOnWriteArrayList<>(elements);
    }
    Collection<Object> collection = create(wanted, count, comparator);
    kryo.reference(collection);
    fill(kryo, input, collection, count);
    return collection;
  }

  private static void fill(Kryo kryo, Input input, Collection<Object> collection, int count) {
    AllowListResolver resolver = AllowListResolver.of(kryo);
    for (int i = 0; i < count; i++) {
      Object element = kryo.readClassAndObject(input);
      if (!resolver.leavesOut(element)) {
        collection.add(element);
      }
    }
  }

  private static Collection<Object> create(
      Class<?> type, int count, @Nullable Comparator<Object> comparator) {
    if (type == ArrayList.class) {
      return new ArrayList<>(count);
    } else if (type == LinkedList.class) {
      return new LinkedList<>();
    } else if (type == ArrayDeque.class) {
      return new ArrayDeque<>(count);
    } else if (type == PriorityQueue.class) {
      return new PriorityQueue<>(Math.max(1, count), comparator);
    } else if (type == HashSet.class) {
      return new HashSet<>();
    } else if (type == TreeSet.class) {
      return new TreeSet<>(comparator);
    } else if (type == Vector.class) {
      return new Vector<>(count);
    }
    return new LinkedHashSet<>();
  }
}
