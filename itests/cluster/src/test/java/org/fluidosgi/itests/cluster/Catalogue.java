package org.fluidosgi.itests.cluster;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Bundles of others that are put on a node of each framework one after the other, and how each is seen to do its work. */
final class Catalogue {
  private static final String FELIX = "org.apache.felix.";
  private static final String CM = "org.osgi.service.cm";
  private static final String LOG = "org.osgi.service.log";
  private static final String METATYPE = "org.osgi.service.metatype";
  private static final String PREFS = "org.osgi.service.prefs";

  private Catalogue() {}

  /** One bundle.
   * Shape: {@code needs} are installed and started before it; {@code command} runs on its node, with {@code $id}, {@code $url} and {@code $on} of the
   * bundle and its node in it, and one line of its output matches {@code expected}, in which {@code $on} is the node too. */
  record Entry(String jar, List<String> needs, String did, String command, String expected) {}

  /** What does not work on which framework: part of what is said, and why. */
  static final Map<String, String> FAILS = new TreeMap<>(
      Map.ofEntries(
          entry(
              "org.eclipse.equinox.common felix",
              "osgi.wiring.bundle=org.eclipse.osgi|it requires the bundle `org.eclipse.osgi`, which is Equinox itself"),
          entry(
              "org.eclipse.core.jobs felix",
              "org.eclipse.osgi|it needs packages of Equinox itself"),
          entry(
              "org.eclipse.equinox.preferences felix",
              "org.eclipse.osgi|it needs packages of Equinox itself"),
          entry(
              "org.eclipse.equinox.registry felix",
              "org.eclipse.osgi|it needs packages of Equinox itself"),
          entry(
              "org.eclipse.equinox.registry equinox",
              "cannot be cast to class org.eclipse.osgi.internal|it casts the system bundle to a class inside Equinox; a virtual bundle has the virtual system bundle"),
          entry(
              "org.eclipse.equinox.metatype felix",
              "said [|it is started but registers nothing: as an ordinary bundle on Felix it does not either")));

  static List<Entry> entries() {
    List<Entry> all = new ArrayList<>();
    all.add(service(FELIX + "eventadmin", "org.osgi.service.event.EventAdmin"));
    all.add(new Entry(
        FELIX + "configadmin",
        List.of(),
        "made a configuration",
        service("org.osgi.service.cm.ConfigurationAdmin") + "($s getConfiguration a.b null) getPid",
        "a.b"));
    all.add(service(FELIX + "metatype", "org.osgi.service.metatype.MetaTypeService", LOG));
    all.add(service(FELIX + "log", "org.osgi.service.log.LogReaderService", CM));
    all.add(new Entry(
        FELIX + "prefs",
        List.of(PREFS),
        "kept a preference",
        service("org.osgi.service.prefs.PreferencesService")
            + "p = ($s getSystemPreferences) ; $p put a kept ; $p get a none",
        "kept"));
    all.add(new Entry(
        FELIX + "coordinator",
        List.of("org.osgi.service.coordinator"),
        "began a coordination",
        service("org.osgi.service.coordinator.Coordinator") + "c = ($s begin work 0) ; $c getName",
        "work"));
    all.add(service(
        FELIX + "useradmin",
        "org.osgi.service.useradmin.UserAdmin",
        PREFS,
        FELIX + "prefs",
        "org.osgi.service.useradmin"));
    all.add(new Entry(
        FELIX + "fileinstall",
        List.of(),
        "installed and started a jar of its folder, as a virtual bundle",
        "fluid:bundles",
        ".* $on +ACTIVE +org.owasp.encoder .*"));
    all.add(new Entry(
        FELIX + "bundlerepository",
        List.of("org.osgi.service.repository"),
        "its command `obr:list`",
        "obr:list",
        "No matching bundles."));
    all.add(service(
        FELIX + "dependencymanager.shell",
        "org.apache.felix.dm.shell.DMCommand",
        CM,
        METATYPE,
        FELIX + "dependencymanager"));
    all.add(service(
        FELIX + "inventory", "jakarta.servlet.Servlet", LOG, "org.apache.felix.http.servlet-api"));
    all.add(service(
        FELIX + "healthcheck.core",
        "org.apache.felix.hc.api.execution.HealthCheckExecutor",
        "org.apache.felix.http.servlet-api",
        "org.osgi.service.servlet",
        FELIX + "eventadmin",
        FELIX + "healthcheck.api"));
    all.addAll(eclipse());
    all.addAll(others());
    all.addAll(libraries());
    return all;
  }

  private static List<Entry> eclipse() {
    String common = "org.eclipse.equinox.common";
    String supplement = "org.eclipse.equinox.supplement";
    return List.of(
        service("org.eclipse.equinox.event", "org.osgi.service.event.EventAdmin", LOG, supplement),
        service(
            "org.eclipse.equinox.cm",
            "org.osgi.service.cm.ConfigurationAdmin",
            CM,
            LOG,
            "org.osgi.service.coordinator"),
        service(
            "org.eclipse.equinox.metatype",
            "org.osgi.service.metatype.MetaTypeService",
            CM,
            METATYPE,
            LOG,
            supplement),
        library(
            common,
            "org.eclipse.core.runtime.Path",
            "p = ($c fromOSString a/b) ; $p segmentCount",
            "2"),
        library(
            "org.eclipse.core.jobs",
            "org.eclipse.core.runtime.jobs.Job",
            "m = ($c getJobManager) ; $m isIdle",
            "true",
            common),
        service(
            "org.eclipse.equinox.preferences",
            "org.osgi.service.prefs.PreferencesService",
            PREFS,
            common),
        service(
            "org.eclipse.equinox.registry", "org.eclipse.core.runtime.IExtensionRegistry", common));
  }

  private static List<Entry> others() {
    return List.of(
        new Entry(
            "org.apache.aries.jmx",
            List.of(LOG, "org.apache.aries.util"),
            "used `PackageAdmin`; no more was looked at",
            "fluid:bundle $id",
            " *uses .*org.osgi.service.packageadmin.PackageAdmin.*"),
        service(
            "org.apache.aries.blueprint.core",
            "org.apache.aries.blueprint.services.ParserService",
            CM,
            "org.apache.aries.util",
            "org.osgi.service.blueprint",
            "org.apache.aries.proxy",
            "org.apache.aries.blueprint.api"),
        service(
            "pax-logging-logback",
            "org.ops4j.pax.logging.PaxLoggingService",
            LOG,
            "pax-logging-api"),
        service("pax-url-aether", "org.osgi.service.url.URLStreamHandlerService"),
        library(
            "jakarta.json-api",
            "jakarta.json.Json",
            "a = ($c createArrayBuilder) ; ($a build) toString",
            "\\[\\]",
            "parsson"));
  }

  private static List<Entry> libraries() {
    return List.of(
        library(
            "commons-lang3",
            "org.apache.commons.lang3.StringUtils",
            "$c capitalize fluid",
            "Fluid"),
        library("commons-io", "org.apache.commons.io.FilenameUtils", "$c getExtension a.b", "b"),
        library(
            "guava", "com.google.common.base.Strings", "$c repeat ab 3", "ababab", "failureaccess"),
        library(
            "gson",
            "com.google.gson.Gson",
            "g = ($c newInstance) ; $g toJson [a b]",
            "\\[\"a\",\"b\"\\]"),
        library(
            "jackson-databind",
            "com.fasterxml.jackson.databind.ObjectMapper",
            "m = ($c newInstance) ; $m writeValueAsString [a b]",
            "\\[\"a\",\"b\"\\]",
            "jackson-annotations"),
        library(
            "caffeine",
            "com.github.benmanes.caffeine.cache.Caffeine",
            "b = ($c newBuilder) ; m = ($b build) ; $m put a kept ; $m getIfPresent a",
            "kept"),
        library(
            "h2",
            "org.h2.Driver",
            "d = ($c newInstance) ; k = ($d connect \"jdbc:h2:mem:a\" null) ; s = ($k createStatement) ;"
                + " r = ($s executeQuery \"select 6*7\") ; $r next ; $r getInt 1",
            "42"));
  }

  private static Entry service(String jar, String type, String... needs) {
    return new Entry(
        jar,
        List.of(needs),
        "registered `" + type.substring(type.lastIndexOf('.') + 1) + "`",
        "fluid:bundle $id",
        " *registers .*\\b" + type.replace(".", "\\.") + "\\b.*");
  }

  private static Entry library(
      String jar, String type, String use, String expected, String... needs) {
    return new Entry(
        jar,
        List.of(needs),
        "used its `" + type.substring(type.lastIndexOf('.') + 1) + "`",
        "c = (($.context getBundle \"$url\") loadClass " + type + ") ; " + use,
        expected);
  }

  private static String service(String type) {
    return "s = ($.context getService ($.context getServiceReference " + type + ")) ; ";
  }
}
