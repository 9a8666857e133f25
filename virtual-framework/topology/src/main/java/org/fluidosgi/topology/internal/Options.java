package org.fluidosgi.topology.internal;

import java.util.Optional;
import java.util.function.Function;
import org.fluidosgi.topology.spi.Region;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** What the administrator says about exports and imports.
 * Shape: {@code importFilter} in LDAP syntax, empty for all endpoints of the region. Threads: immutable. */
record Options(
    Optional<Filter> exportFilter,
    boolean exportConfigsRequired,
    ImportPolicy importPolicy,
    Optional<String> importFilter,
    Region region) {
  /** LDAP filter on host services to export beside those that ask for it. */
  static final String EXPORT_FILTER = "fluid.topology.export.filter";

  /** Whether only services that carry {@code service.exported.configs} are exported by themselves. */
  static final String EXPORT_CONFIGS_REQUIRED = "fluid.topology.export.configs.required";

  /** What is imported: {@code eager}, {@code interest} or {@code manual}. */
  static final String IMPORT = "fluid.topology.import";

  /** LDAP filter on the endpoints to import. */
  static final String IMPORT_FILTER = "fluid.topology.import.filter";

  /** Which announced endpoints are imported. */
  enum ImportPolicy {
    /** All that pass the import filter. */
    EAGER,
    /** Of these only what a bundle listens for or looked up. */
    INTEREST,
    /** None; somebody else imports. */
    MANUAL
  }

  /** Reads the settings.
   * Errors: IllegalArgumentException naming key, value and what is expected. */
  static Options read(Function<String, @Nullable String> settings) {
    return new Options(
        text(settings, EXPORT_FILTER).map(value -> filter(EXPORT_FILTER, value)),
        flag(text(settings, EXPORT_CONFIGS_REQUIRED).orElse("false")),
        policy(text(settings, IMPORT).orElse("eager")),
        text(settings, IMPORT_FILTER).map(value -> filter(IMPORT_FILTER, value).toString()),
        Region.read(settings));
  }

  private static Optional<String> text(Function<String, @Nullable String> settings, String key) {
    return Optional.ofNullable(settings.apply(key)).map(String::trim).filter(v -> !v.isEmpty());
  }

  private static boolean flag(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
        throw new IllegalArgumentException(
            EXPORT_CONFIGS_REQUIRED + "=" + value + ": expected true or false");
    };
  }

  private static ImportPolicy policy(String value) {
    return switch (value) {
      case "eager" -> ImportPolicy.EAGER;
      case "manual" -> ImportPolicy.MANUAL;
      case "interest" -> ImportPolicy.INTEREST;
      default ->
        throw new IllegalArgumentException(
            IMPORT + "=" + value + ": expected eager, interest or manual");
    };
  }

  private static Filter filter(String key, String value) {
    try {
      return FrameworkUtil.createFilter(value);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(
          key + "=" + value + ": expected an LDAP filter such as (service.ranking>=10); "
              + e.getMessage(),
          e);
    }
  }
}
