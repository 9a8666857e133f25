package org.fluidosgi.shell.internal.gogo;

import java.util.Dictionary;
import java.util.Hashtable;
import org.apache.felix.service.command.Converter;
import org.fluidosgi.shell.internal.Result;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/** Prints results of our commands; every other object is left to other converters. */
public final class ResultConverter implements Converter {
  private ResultConverter() {}

  /** Offers the converter to Gogo.
   * Errors: NoClassDefFoundError where Gogo is not there. */
  public static void register(BundleContext context) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(CONVERTER_CLASSES, Result.class.getName());
    context.registerService(Converter.class, new ResultConverter(), properties);
  }

  @Override
  public @Nullable Object convert(Class<?> wanted, Object value) {
    return wanted == String.class && value instanceof Result result ? result.text() : null;
  }

  @Override
  public @Nullable CharSequence format(Object value, int level, Converter escape) {
    return value instanceof Result result ? result.text() : null;
  }
}
