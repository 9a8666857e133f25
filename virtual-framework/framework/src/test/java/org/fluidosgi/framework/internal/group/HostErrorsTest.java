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
}
