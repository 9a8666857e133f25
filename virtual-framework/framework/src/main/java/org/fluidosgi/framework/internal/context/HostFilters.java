package org.fluidosgi.framework.internal.context;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.ServiceIds;
import org.osgi.framework.Constants;

/** Rewrites filters on the ids of the group, which a virtual bundle sees, as filters on what the host's services have.
 * Only comparisons of {@code service.id} and {@code service.bundleid} with a number change, and mean from then on what they meant at that
 * moment: a later re-numbering does not change them. Threads: any. Source: core 3.2.7. */
final class HostFilters {
  private static final Pattern ID = Pattern.compile(
      "(?<!\\\\)\\(\\s*(service\\.(?:bundle)?id)\\s*(=|~=|>=|<=)((?:[^()\\\\]|\\\\.)*)\\)",
      Pattern.CASE_INSENSITIVE);

  private static final String NEVER = "(!(" + Constants.OBJECTCLASS + "=*))";

  private HostFilters() {}

  /** Whether there is anything to rewrite in a filter. */
  static boolean concerns(String filter) {
    return mentions(filter) && ID.matcher(filter).find();
  }

  /** Most filters do not, and this is found out with less than the pattern needs. */
  private static boolean mentions(String filter) {
    int last = filter.length() - Constants.SERVICE_ID.length();
    for (int i = 1; i <= last; i++) {
      if ((filter.charAt(i) | 0x20) == 's' && filter.regionMatches(true, i, "service.", 0, 8)) {
        return true;
      }
    }
    return false;
  }

  /** The same filter for the host. Shape: a valid filter. */
  static String forHost(String filter, HostBundles bundles) {
    return ID.matcher(filter).replaceAll(found -> {
      Comparison comparison;
      try {
        comparison =
            new Comparison(found.group(2), Long.parseLong(found.group(3).strip()));
      } catch (NumberFormatException e) {
        return Matcher.quoteReplacement(found.group()); // present, a wildcard, or no number
      }
      boolean service = found.group(1).toLowerCase(Locale.ROOT).equals(Constants.SERVICE_ID);
      return Matcher.quoteReplacement(
          service ? serviceId(comparison, bundles.ordinal()) : bundleId(comparison, bundles));
    });
  }

  private record Comparison(String operator, long value) {
    String of(String attribute) {
      return of(attribute, value);
    }

    String of(String attribute, long other) {
      return "(" + attribute + operator + other + ")";
    }

    boolean isEqual() {
      return !operator.equals(">=") && !operator.equals("<=");
    }

    boolean holdsFor(long id) {
      return switch (operator) {
        case ">=" -> id >= value;
        case "<=" -> id <= value;
        default -> id == value;
      };
    }
  }

  private static String serviceId(Comparison comparison, int ordinal) {
    long first = ServiceIds.of(ordinal, 0);
    long last = ServiceIds.of(ordinal, 0xffff_ffffL);
    String here;
    if (comparison.value < first) {
      here = comparison.operator.equals(">=") ? "(" + Constants.SERVICE_ID + "=*)" : NEVER;
    } else if (comparison.value > last) {
      here = comparison.operator.equals("<=") ? "(" + Constants.SERVICE_ID + "=*)" : NEVER;
    } else {
      here = comparison.of(Constants.SERVICE_ID, comparison.value - first);
    }
    return imported(comparison, ServiceIds.SERVICE, here);
  }

  private static String bundleId(Comparison comparison, HostBundles bundles) {
    String here = comparison.isEqual()
        ? oneBundle(comparison.value, bundles)
        : manyBundles(comparison, local(bundles));
    return imported(comparison, ServiceIds.BUNDLE, here);
  }

  /** An id names one bundle at most, so that the host need not look at a clause for each virtual one. */
  private static String oneBundle(long id, HostBundles bundles) {
    if (bundles.byId(id) instanceof LocalVirtualBundle named) {
      return "(" + Constants.SERVICE_BUNDLEID + "=" + named.host().getBundleId() + ")";
    }
    boolean hidden = local(bundles).stream().anyMatch(each -> each.host().getBundleId() == id);
    return hidden ? NEVER : "(" + Constants.SERVICE_BUNDLEID + "=" + id + ")";
  }

  private static String manyBundles(Comparison comparison, List<LocalVirtualBundle> here) {
    String virtual = any(
        here.stream().filter(each -> comparison.holdsFor(each.getBundleId())).toList());
    String ordinary = "(&" + comparison.of(Constants.SERVICE_BUNDLEID) + "(!" + any(here) + "))";
    return "(|" + virtual + ordinary + ")";
  }

  private static List<LocalVirtualBundle> local(HostBundles bundles) {
    return bundles.all().stream()
        .filter(LocalVirtualBundle.class::isInstance)
        .map(LocalVirtualBundle.class::cast)
        .toList();
  }

  private static String any(List<LocalVirtualBundle> bundles) {
    return bundles.isEmpty()
        ? NEVER
        : bundles.stream()
            .map(each -> "(" + Constants.SERVICE_BUNDLEID + "=" + each.host().getBundleId() + ")")
            .collect(Collectors.joining("", "(|", ")"));
  }

  /** Imported services tell their id themselves. */
  private static String imported(Comparison comparison, String told, String here) {
    return "(|" + comparison.of(told) + "(&(!(" + told + "=*))" + here + "))";
  }
}
