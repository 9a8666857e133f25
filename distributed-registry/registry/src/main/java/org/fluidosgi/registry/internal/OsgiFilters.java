package org.fluidosgi.registry.internal;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.fluidosgi.registry.internal.core.FilterCompiler;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** LDAP filters of the framework; keys are found whatever their case, as in the service registry. Works outside a framework
 * too, with osgi.core on the class path. Threads: any. */
public final class OsgiFilters implements FilterCompiler {
  @Override
  public Predicate<Map<String, Object>> compile(String text) {
    Filter filter = filter(text);
    return attributes -> filter.matches(new AnyCase(attributes));
  }

  @Override
  public Predicate<Map<String, Object>> compileExact(String text) {
    return filter(text)::matches;
  }

  private static Filter filter(String text) {
    try {
      return FrameworkUtil.createFilter(text);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("filter " + text + " is wrong: " + e.getMessage(), e);
    }
  }

  /** The same map, looked up by exact key first, else by the same key in another case. */
  private static final class AnyCase extends AbstractMap<String, Object> {
    private final Map<String, Object> map;

    AnyCase(Map<String, Object> map) {
      this.map = map;
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
      if (!(key instanceof String name)) {
        return null;
      }
      Object value = map.get(name);
      if (value != null) {
        return value;
      }
      for (String each : map.keySet()) {
        if (each.equalsIgnoreCase(name)) {
          return map.get(each);
        }
      }
      return null;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
      return get(key) != null;
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
      return map.entrySet();
    }
  }
}
