package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.serializers.FieldSerializer;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Version;

/** The classes of the platform that every class space knows, with their numbers on the wire.
 * Invariant: the order of the lists is part of {@code fluid.java/1}; append only. Threads: constants. */
final class JdkTypes {
  /** Number of the first entry; below are Kryo's own numbers for primitives and strings. */
  static final int FIRST_ID = 20;

  static final List<Class<?>> VALUES = List.of(
      BigInteger.class,
      BigDecimal.class,
      UUID.class,
      Date.class,
      URI.class,
      Locale.class,
      Currency.class,
      BitSet.class,
      StringBuilder.class,
      StringBuffer.class,
      Optional.class,
      OptionalInt.class,
      OptionalLong.class,
      OptionalDouble.class,
      Duration.class,
      Instant.class,
      LocalDate.class,
      LocalTime.class,
      LocalDateTime.class,
      ZoneOffset.class,
      ZoneId.class,
      OffsetTime.class,
      OffsetDateTime.class,
      ZonedDateTime.class,
      Year.class,
      YearMonth.class,
      MonthDay.class,
      Period.class,
      Charset.class,
      Version.class,
      byte[].class,
      char[].class,
      short[].class,
      int[].class,
      long[].class,
      float[].class,
      double[].class,
      boolean[].class);

  static final List<Class<?>> COLLECTIONS = List.of(
      ArrayList.class,
      LinkedList.class,
      ArrayDeque.class,
      PriorityQueue.class,
      HashSet.class,
      LinkedHashSet.class,
      TreeSet.class,
      Vector.class,
      CopyOnWriteArrayList.class);

  static final List<Class<?>> MAPS = List.of(
      HashMap.class,
      LinkedHashMap.class,
      TreeMap.class,
      ConcurrentHashMap.class,
      Hashtable.class,
      Properties.class);

  /** Exceptions that cross without being declared. */
  static final List<Class<? extends Throwable>> EXCEPTIONS = List.of(
      Throwable.class,
      Exception.class,
      RuntimeException.class,
      Error.class,
      AssertionError.class,
      IllegalArgumentException.class,
      IllegalStateException.class,
      NullPointerException.class,
      IndexOutOfBoundsException.class,
      ArrayIndexOutOfBoundsException.class,
      StringIndexOutOfBoundsException.class,
      ArithmeticException.class,
      ClassCastException.class,
      ArrayStoreException.class,
      NegativeArraySizeException.class,
      NumberFormatException.class,
      UnsupportedOperationException.class,
      SecurityException.class,
      CloneNotSupportedException.class,
      InterruptedException.class,
      ReflectiveOperationException.class,
      ClassNotFoundException.class,
      NoSuchMethodException.class,
      NoSuchFieldException.class,
      InstantiationException.class,
      IllegalAccessException.class,
      IOException.class,
      FileNotFoundException.class,
      EOFException.class,
      UncheckedIOException.class,
      NoSuchElementException.class,
      ConcurrentModificationException.class,
      MissingResourceException.class,
      TimeoutException.class,
      ExecutionException.class,
      CancellationException.class,
      CompletionException.class,
      RejectedExecutionException.class,
      DateTimeException.class);

  private JdkTypes() {}

  /** Whether the class comes with the JDK. */
  static boolean isPlatform(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }

  /** The known class that stands for that collection or map on the wire. */
  static @Nullable Class<?> container(Class<?> type) {
    if (COLLECTIONS.contains(type) || MAPS.contains(type)) {
      return type;
    }
    if (Map.class.isAssignableFrom(type)) {
      return SortedMap.class.isAssignableFrom(type) ? TreeMap.class : LinkedHashMap.class;
    }
    if (SortedSet.class.isAssignableFrom(type)) {
      return TreeSet.class;
    }
    if (Set.class.isAssignableFrom(type)) {
      return LinkedHashSet.class;
    }
    if (Queue.class.isAssignableFrom(type)) {
      return LinkedList.class;
    }
    return Collection.class.isAssignableFrom(type) ? ArrayList.class : null;
  }

  /** The value type that stands for that class, such as ZoneId for its hidden implementations. */
  static @Nullable Class<?> value(Class<?> type) {
    if (VALUES.contains(type)) {
      return type;
    }
    if (ZoneId.class.isAssignableFrom(type)) {
      return ZoneId.class;
    }
    return Charset.class.isAssignableFrom(type) && isPlatform(type) ? Charset.class : null;
  }

  /** Registers values, collections and maps under their numbers. */
  static void register(Kryo kryo) {
    int id = FIRST_ID;
    for (Class<?> type : VALUES) {
      kryo.register(type, serializer(kryo, type), id++);
    }
    for (Class<?> type : COLLECTIONS) {
      kryo.register(type, new CollectionSerializer(), id++);
    }
    for (Class<?> type : MAPS) {
      kryo.register(type, new MapSerializer(), id++);
    }
    kryo.register(java.util.EnumSet.class, new EnumSetSerializer(), id++);
  }

  private static Serializer<?> serializer(Kryo kryo, Class<?> type) {
    if (type == Version.class) {
      return new VersionSerializer();
    } else if (type == UUID.class) {
      return new DefaultSerializers.UUIDSerializer();
    } else if (type == URI.class) {
      return new DefaultSerializers.URISerializer();
    }
    Serializer<?> known = kryo.getDefaultSerializer(type);
    if (known instanceof FieldSerializer) {
      throw new IllegalStateException("no serializer for " + type.getName());
    }
    return known;
  }
}
