package org.fluidosgi.rsa.internal.kryo;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.CodecException;
import org.jspecify.annotations.Nullable;

/** The classes that may cross for one class space: the closure of the types that its interfaces declare, their subtypes
 * in the bundles that define the interfaces, and what the administrator named. Names are looked up here and nowhere else.
 * Invariant: only grows, by subtypes of declared types in the bundles that define the interfaces. Threads: any. Source: architecture section 4, security. */
final class AllowList {
  static final char OBJECT = 'o';
  static final char ENUM = 'e';
  static final char THROWABLE = 't';
  static final char ARRAY = 'a';

  /** Most dimensions of an array. */
  static final int DIMENSIONS_MAX = 8;

  private final ClassSpace space;
  private final Map<String, Class<?>> byName = new ConcurrentHashMap<>();
  private final String interfaces;

  AllowList(ClassSpace space) {
    this.space = space;
    this.interfaces =
        space.interfaces().stream().map(Class::getName).collect(Collectors.joining(", "));
    JdkTypes.EXCEPTIONS.forEach(type -> byName.put(type.getName(), type));
    Set<Type> seen = new HashSet<>();
    for (Class<?> api : space.interfaces()) {
      for (Method method : api.getMethods()) {
        if (!Modifier.isStatic(method.getModifiers())) {
          addAll(method.getGenericParameterTypes(), seen);
          addAll(method.getGenericExceptionTypes(), seen);
          add(method.getGenericReturnType(), seen);
        }
      }
    }
    space.configured().forEach(type -> add(type, seen));
  }

  private void addAll(Type[] types, Set<Type> seen) {
    for (Type type : types) {
      add(type, seen);
    }
  }

  private void add(@Nullable Type type, Set<Type> seen) {
    if (type == null || !seen.add(type)) {
      return;
    }
    if (type instanceof Class<?> c) {
      addClass(c, seen);
    } else if (type instanceof ParameterizedType generic) {
      add(generic.getRawType(), seen);
      addAll(generic.getActualTypeArguments(), seen);
    } else if (type instanceof GenericArrayType array) {
      add(array.getGenericComponentType(), seen);
    } else if (type instanceof WildcardType wildcard) {
      addAll(wildcard.getUpperBounds(), seen);
      addAll(wildcard.getLowerBounds(), seen);
    } else if (type instanceof TypeVariable<?> variable) {
      addAll(variable.getBounds(), seen);
    }
  }

  private void addClass(Class<?> type, Set<Type> seen) {
    if (type.isArray()) {
      add(type.getComponentType(), seen);
      return;
    }
    if (type.isPrimitive() || isFrameworkApi(type)) {
      return;
    }
    if (JdkTypes.isPlatform(type)) {
      if (type.isEnum() || Throwable.class.isAssignableFrom(type)) {
        byName.put(type.getName(), type);
      }
      return;
    }
    byName.put(type.getName(), type);
    if (type.isEnum()) {
      return;
    }
    add(type.getGenericSuperclass(), seen);
    if (type.isSealed()) {
      addAll(type.getPermittedSubclasses(), seen);
    }
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
        add(field.getGenericType(), seen);
      }
    }
  }

  /** Services and handles of the framework are no data, whatever an interface declares; its DTOs are. */
  private static boolean isFrameworkApi(Class<?> type) {
    String name = type.getName();
    if (!name.startsWith("org.osgi.framework.")
        && !name.startsWith("org.osgi.service.")
        && !name.startsWith("org.osgi.util.")
        && !name.startsWith("org.osgi.resource.")) {
      return false;
    }
    if (type.isEnum() || Throwable.class.isAssignableFrom(type)) {
      return false;
    }
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      if (c.getName().equals("org.osgi.dto.DTO")) {
        return false;
      }
    }
    return true;
  }

  /** Whether objects of exactly that class may cross. */
  boolean admits(Class<?> type) {
    if (type.isHidden() || type.isAnonymousClass() && !type.isEnum()) {
      return false;
    }
    Class<?> known = byName.get(type.getName());
    if (known != null) {
      return known == type;
    }
    return beside(type.getName()) == type;
  }

  /** The class of that name, if it may cross; arrays by the names that {@link Class#getName} gives them. */
  @Nullable
  Class<?> find(String name) {
    if (!name.startsWith("[")) {
      Class<?> known = byName.get(name);
      return known != null ? known : beside(name);
    }
    int dimensions = name.lastIndexOf('[') + 1;
    String element = name.substring(dimensions);
    if (dimensions > DIMENSIONS_MAX) {
      return null;
    }
    Class<?> type;
    if (element.startsWith("L") && element.endsWith(";")) {
      type = findElement(element.substring(1, element.length() - 1));
    } else {
      type = primitive(element);
    }
    for (int i = 0; i < dimensions && type != null; i++) {
      type = type.arrayType();
    }
    return type;
  }

  private @Nullable Class<?> findElement(String name) {
    Class<?> known = ELEMENTS.get(name);
    return known != null ? known : find(name);
  }

  private static @Nullable Class<?> primitive(String code) {
    return switch (code) {
      case "I" -> int.class;
      case "J" -> long.class;
      case "B" -> byte.class;
      case "C" -> char.class;
      case "S" -> short.class;
      case "Z" -> boolean.class;
      case "F" -> float.class;
      case "D" -> double.class;
      default -> null;
    };
  }

  /** Whether the bundle of an interface defines it; no other bundle is opened to names from the wire. */
  private boolean isOfApi(Class<?> declared) {
    if (JdkTypes.isPlatform(declared)) {
      return false;
    }
    for (Class<?> api : space.interfaces()) {
      if (api.getClassLoader() == declared.getClassLoader()) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Class<?> beside(String name) {
    for (Class<?> declared : byName.values()) {
      if (!isOfApi(declared) || Modifier.isFinal(declared.getModifiers())) {
        continue;
      }
      Class<?> found = space.beside(declared, name).orElse(null);
      if (found != null && declared.isAssignableFrom(found)) {
        addClass(found, new HashSet<>());
        return found;
      }
    }
    return null;
  }

  /** The class that stands for that one on the wire. Errors: CodecException when there is none. */
  Class<?> standIn(Class<?> type) {
    if (type == Skipped.class || type == Skipped.Constant.class) {
      throw new CodecException("a skipped object is never written");
    }
    if (type.isArray()) {
      Class<?> element = type;
      while (element.isArray()) {
        element = element.getComponentType();
      }
      if (!element.isPrimitive() && findElement(element.getName()) != element) {
        throw refusal(type.getTypeName());
      }
      return type;
    }
    if (type.isEnum()) {
      return admitted(type);
    }
    if (java.util.EnumSet.class.isAssignableFrom(type)) {
      return java.util.EnumSet.class;
    }
    Class<?> value = JdkTypes.value(type);
    if (value == null) {
      value = JdkTypes.container(type);
    }
    if (value != null) {
      return value;
    }
    if (Throwable.class.isAssignableFrom(type)) {
      Class<?> carried = type;
      while (!admits(carried)) {
        carried = carried.getSuperclass();
      }
      return carried;
    }
    return admitted(type);
  }

  private Class<?> admitted(Class<?> type) {
    if (!admits(type)) {
      throw refusal(type.getName());
    }
    return type;
  }

  char kind(Class<?> type) {
    if (type.isArray()) {
      return ARRAY;
    }
    if (type.isEnum()) {
      return ENUM;
    }
    return Throwable.class.isAssignableFrom(type) ? THROWABLE : OBJECT;
  }

  CodecException refusal(String name) {
    return new CodecException(
        "type " + name + " is not allowed in calls of " + interfaces
            + ": declare it there, put it into the bundle of its API, or add it to fluid.rsa.allow on both sides");
  }

  /** Element types of arrays that need no declaration, by name. */
  private static final Map<String, Class<?>> ELEMENTS = elements();

  private static Map<String, Class<?>> elements() {
    Map<String, Class<?>> elements = new ConcurrentHashMap<>();
    Set<Class<?>> types = new HashSet<>(JdkTypes.VALUES);
    types.addAll(JdkTypes.COLLECTIONS);
    types.addAll(JdkTypes.MAPS);
    types.addAll(Set.of(
        Object.class,
        Number.class,
        CharSequence.class,
        Comparable.class,
        String.class,
        Integer.class,
        Long.class,
        Short.class,
        Byte.class,
        Character.class,
        Boolean.class,
        Float.class,
        Double.class,
        Iterable.class,
        java.util.Collection.class,
        java.util.List.class,
        Set.class,
        Map.class,
        java.util.SortedSet.class,
        java.util.SortedMap.class,
        java.util.Queue.class));
    types.forEach(type -> elements.put(type.getName(), type));
    return Map.copyOf(elements);
  }
}
