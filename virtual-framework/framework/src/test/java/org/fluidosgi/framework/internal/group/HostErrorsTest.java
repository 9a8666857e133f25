package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleException;

class HostErrorsTest {
  private static final String REMEDY = ": install a bundle that provides it there";

  @Test
  void felixNamesTheInnermostRequirement() {
    String text = "Unable to resolve a [7](R 7.0): missing requirement [a [7](R 7.0)] "
        + "osgi.wiring.package; (&(osgi.wiring.package=b.api)(version>=1.0.0)(!(version>=2.0.0))) "
        + "[caused by: Unable to resolve b [8](R 8.0): missing requirement [b [8](R 8.0)] "
        + "osgi.wiring.package; (osgi.wiring.package=c.api)] Unresolved requirements: "
        + "[[a [7](R 7.0)] osgi.wiring.package; (&(osgi.wiring.package=b.api)(version>=1.0.0))]";
    assertEquals(
        "it does not resolve, missing osgi.wiring.package (osgi.wiring.package=c.api)" + REMEDY,
        HostErrors.cause(new BundleException(text, BundleException.RESOLVE_ERROR)));
  }

  @Test
  void equinoxNamesTheInnermostRequirement() {
    String text =
        "Could not resolve module: a [7]\n  Unresolved requirement: Import-Package: b.api; "
            + "version=\"[1.0.0,2.0.0)\"\n    -> Export-Package: b.api; bundle-symbolic-name=\"b\"\n"
            + "       b [8]\n         Unresolved requirement: Import-Package: c.api; version=\"1.0.0\"\n";
    assertEquals(
        "it does not resolve, missing Import-Package c.api; version=\"1.0.0\"" + REMEDY,
        HostErrors.cause(new BundleException(text, BundleException.RESOLVE_ERROR)));
  }

  @Test
  void activatorFailureIsCarriedInOneLine() {
    BundleException failed = new BundleException(
        "Activator start error in bundle a [7].",
        BundleException.ACTIVATOR_ERROR,
        new IllegalStateException("no database\n  at all"));
    assertEquals(
        "its activator failed: IllegalStateException: no database at all",
        HostErrors.cause(failed));
  }

  @Test
  void anythingElseKeepsItsWordsButNotItsLength() {
    assertEquals("NullPointerException", HostErrors.cause(new NullPointerException()));
    String cut = HostErrors.cause(new IllegalStateException("x".repeat(5_000)));
    assertTrue(cut.length() <= HostErrors.MESSAGE_CHARS_MAX + 3);
  }

  @Test
  void aConflictOfPackagesIsToldAsTheResolverTellsIt() {
    String conflict =
        "Uses constraint violation. Unable to resolve resource torn [torn [4](R 4.0)] because it is exposed to package 'p'"
            + " from resources p2 [p2 [2](R 2.0)] and p1 [p1 [1](R 1.0)] via two dependency chains.\n\nChain 1:\n  torn";
    String told = "it does not resolve: " + conflict.replaceAll("\\s+", " ");
    assertEquals(
        told, HostErrors.cause(new BundleException(conflict, BundleException.RESOLVE_ERROR)));
    String equinox =
        "Could not resolve module: torn [4]\n  Unresolved requirement: Import-Package: p\n"
            + "    -> Export-Package: p\n  Bundle was not resolved because of a uses constraint violation.\n"
            + "  org.apache.felix.resolver.reason.ReasonException: " + conflict;
    assertEquals(
        told, HostErrors.cause(new BundleException(equinox, BundleException.RESOLVE_ERROR)));
  }

  @Test
  void aThreadIsWhereItLeftTheJdk() {
    assertTrue(HostErrors.where(Thread.currentThread().getStackTrace())
        .startsWith("in " + HostErrorsTest.class.getName() + ".aThreadIsWhereItLeftTheJdk("));
    assertEquals("nowhere in particular", HostErrors.where(new StackTraceElement[0]));
  }
}
