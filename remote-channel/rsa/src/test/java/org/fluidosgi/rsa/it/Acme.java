package org.fluidosgi.rsa.it;

import java.io.IOException;
import java.nio.file.Path;

/** The bundles of the integration tests: an API in two versions, a provider, and consumers of every kind. */
final class Acme {
  static final String GREETER = "acme.api.Greeter";
  static final String COUNTER = "acme.extra.Counter";

  final Path apiClasses;
  final TinyBundle api;
  final Path api2Classes;
  final TinyBundle api2;
  final Path extraClasses;
  final TinyBundle extra;
  private final Path directory;

  Acme(Path directory) throws IOException {
    this.directory = directory;
    api = new TinyBundle("acme.api")
        .header("Bundle-Version", "1.0.0")
        .header("Export-Package", "acme.api;version=1.0.0")
        .header("Import-Package", "org.osgi.util.promise")
        .source(
            "acme.api.Person",
            "package acme.api; public class Person { public String name; public int age; public Person friend; }")
        .source(
            "acme.api.Employee",
            "package acme.api; public class Employee extends Person { public String badge; }")
        .source(
            "acme.api.NoSuchPerson",
            "package acme.api; public class NoSuchPerson extends Exception {"
                + " private final String wanted; public NoSuchPerson(String wanted) { super(\"no \" + wanted); this.wanted = wanted; }"
                + " public String wanted() { return wanted; } }")
        .source("acme.api.Greeter", """
            package acme.api;
            import java.util.*; import java.util.concurrent.*;
            public interface Greeter {
              String greet(String who);
              Person find(String name) throws NoSuchPerson;
              Person marry(Person one, Person other);
              List<String> reverse(List<String> names);
              Object odd(Object any);
              void fail(String how);
              String slow(long millis) throws InterruptedException;
              CompletableFuture<String> later(String who);
              org.osgi.util.promise.Promise<String> promised(String who);
              Future<String> future(String who);
              default String twice(String who) { return greet(greet(who)); }
            }
            """);
    apiClasses = api.compile(directory);
    api2 = new TinyBundle("acme.api2")
        .header("Bundle-Version", "2.0.0")
        .header("Export-Package", "acme.api;version=2.0.0")
        .source(
            "acme.api.Greeter",
            "package acme.api; public interface Greeter { String greet(String who); }");
    api2Classes = api2.compile(directory);
    extra = new TinyBundle("acme.extra")
        .header("Export-Package", "acme.extra;version=1.0.0")
        .source(
            "acme.extra.Counter", "package acme.extra; public interface Counter { int next(); }");
    extraClasses = extra.compile(directory);
  }

  Path compile(TinyBundle bundle) throws IOException {
    return bundle.compile(directory);
  }

  /** Registers a Greeter and a Counter; the function "provider" with "stop" unregisters them. */
  TinyBundle provider() {
    return new TinyBundle("acme.provider")
        .header(
            "Import-Package",
            "acme.api;version=\"[1,2)\",acme.extra,org.osgi.framework,org.osgi.util.promise")
        .header("Bundle-Activator", "acme.provider.Activator")
        .with(apiClasses)
        .with(extraClasses)
        .source(
            "acme.provider.Hidden",
            "package acme.provider; public class Hidden extends RuntimeException { public Hidden(String m) { super(m); } }")
        .source("acme.provider.Activator", """
            package acme.provider;
            import acme.api.*; import acme.extra.Counter; import java.util.*; import java.util.concurrent.*;
            import org.osgi.framework.*; import org.osgi.util.promise.*;
            public class Activator implements BundleActivator, Greeter, Counter {
              private int count; private ServiceRegistration<?> registration;
              public void start(BundleContext context) {
                Hashtable<String, Object> p = new Hashtable<>();
                p.put("service.exported.interfaces", "*"); p.put("osgi.basic.timeout", "2000"); p.put(".secret", "x"); p.put("colour", "blue");
                registration = context.registerService(new String[] {Greeter.class.getName(), Counter.class.getName()}, this, p);
              }
              public void stop(BundleContext context) { }
              public int next() { return ++count; }
              public String greet(String who) { return "hello " + who; }
              public Person find(String name) throws NoSuchPerson {
                if (name.equals("nobody")) throw new NoSuchPerson(name);
                Employee e = new Employee(); e.name = name; e.age = 40; e.badge = "b7"; e.friend = e; return e;
              }
              public Person marry(Person one, Person other) { one.friend = other; other.friend = one; return one; }
              public List<String> reverse(List<String> names) { Collections.reverse(names); names.add("end"); return names; }
              public Object odd(Object any) { return any == null ? new Thread() : any; }
              public void fail(String how) {
                switch (how) {
                  case "state": throw new IllegalStateException("bad state", new java.io.IOException("disk"));
                  case "hidden": throw new Hidden("secret");
                  case "error": throw new StackOverflowError("deep");
                  default: throw new IllegalArgumentException(how);
                }
              }
              public String slow(long millis) throws InterruptedException { new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS); return "late"; }
              public CompletableFuture<String> later(String who) {
                CompletableFuture<String> f = new CompletableFuture<>();
                if (who.equals("fail")) { f.completeExceptionally(new IllegalStateException("later")); return f; }
                f.completeOnTimeout("later " + who, 50, TimeUnit.MILLISECONDS); return f;
              }
              public Promise<String> promised(String who) { return Promises.resolved("promised " + who); }
              public Future<String> future(String who) {
                FutureTask<String> t = new FutureTask<>(() -> "future " + who); new Thread(t).start(); return t;
              }
            }
            """);
  }

  /** Imports the API; the function "consumer" calls the service and gives text, or "absent". */
  TinyBundle importingConsumer() {
    return new TinyBundle("acme.consumer")
        .header(
            "Import-Package", "acme.api;version=\"[1,2)\",org.osgi.framework,org.osgi.util.promise")
        .header("Bundle-Activator", "acme.consumer.Activator")
        .with(apiClasses)
        .source("acme.consumer.Activator", """
            package acme.consumer;
            import acme.api.*; import java.util.*; import java.util.concurrent.*; import java.util.function.Function;
            import org.osgi.framework.*;
            public class Activator implements BundleActivator, Function<Object, Object> {
              private BundleContext context; private Greeter kept; private volatile int events;
              public void start(BundleContext context) throws Exception {
                this.context = context;
                context.addServiceListener(e -> events++, "(objectClass=acme.api.Greeter)");
                Hashtable<String, Object> p = new Hashtable<>(); p.put("name", "consumer");
                context.registerService(Function.class, this, p);
              }
              public void stop(BundleContext context) { }
              public Object apply(Object command) {
                try { return run((String) command); }
                catch (Throwable t) { return t; }
              }
              private Object run(String command) throws Throwable {
                if (command.equals("events")) return events;
                if (command.equals("kept")) return kept.greet("kept");
                ServiceReference<Greeter> reference = context.getServiceReference(Greeter.class);
                if (reference == null) return "absent";
                Greeter g = context.getService(reference);
                if (g == null) return "null service";
                kept = g;
                switch (command) {
                  case "greet": return g.greet("world");
                  case "twice": return g.twice("world");
                  case "find": { Person p = g.find("ann"); return p.getClass().getSimpleName() + " " + p.name + " " + p.age + " " + ((Employee) p).badge + " " + (p.friend == p); }
                  case "nobody": try { g.find("nobody"); return "found"; } catch (NoSuchPerson e) { return "caught " + e.wanted() + " " + e.getMessage() + " " + e.getStackTrace()[0].getClassName(); }
                  case "marry": { Person a = new Person(); a.name = "a"; Person b = new Person(); b.name = "b"; Person r = g.marry(a, b); return r.name + r.friend.name + (r.friend.friend == r) + (r != a); }
                  case "reverse": return g.reverse(Arrays.asList("1", "2", "3")).toString();
                  case "odd": return g.odd(new ArrayList<>(List.of(1, "two", 3.0)));
                  case "forbidden": return g.odd(new Thread());
                  case "forbidden result": return g.odd(null);
                  case "slow": return g.slow(60000);
                  case "later": return g.later("joe").get(5, TimeUnit.SECONDS);
                  case "later fails": try { return g.later("fail").get(5, TimeUnit.SECONDS); } catch (ExecutionException e) { throw e.getCause(); }
                  case "promised": return g.promised("joe").getValue();
                  case "future": return g.future("joe").get(5, TimeUnit.SECONDS);
                  case "identity": return g.equals(g) + " " + g.equals("x") + " " + (g.hashCode() == g.hashCode()) + " " + g;
                  case "counter": return g instanceof Greeter;
                  case "names": { StringBuilder b = new StringBuilder(); for (Class<?> c : g.getClass().getInterfaces()) b.append(c.getName()).append(' '); return b.toString().trim(); }
                  default: g.fail(command); return "did not fail";
                }
              }
            }
            """);
  }

  /** Wired to version 2 of the API. */
  TinyBundle consumerOfVersion2() {
    return greeting("consumer2", "acme.api;version=\"[2,3)\",org.osgi.framework")
        .with(api2Classes);
  }

  /** Carries a copy of the interface in its own class space. */
  TinyBundle consumerWithPrivateCopy() {
    return greeting("private", "org.osgi.framework")
        .source(
            "acme.api.Greeter",
            "package acme.api; public interface Greeter { String greet(String who); }");
  }

  private static TinyBundle greeting(String name, String imports) {
    return new TinyBundle("acme." + name)
        .header("Import-Package", imports)
        .header("Bundle-Activator", "acme.use.Activator")
        .source("acme.use.Activator", """
            package acme.use;
            import acme.api.*; import java.util.*; import java.util.function.Function;
            import org.osgi.framework.*;
            public class Activator implements BundleActivator, Function<Object, Object> {
              private BundleContext context; private volatile int events;
              public void start(BundleContext context) throws Exception {
                this.context = context;
                context.addServiceListener(e -> events++, "(objectClass=acme.api.Greeter)");
                Hashtable<String, Object> p = new Hashtable<>(); p.put("name", "NAME");
                context.registerService(Function.class, this, p);
              }
              public void stop(BundleContext context) { }
              public Object apply(Object command) {
                if (command.equals("events")) return events;
                ServiceReference<Greeter> reference = context.getServiceReference(Greeter.class);
                return reference == null ? "absent" : context.getService(reference).greet((String) command);
              }
            }
            """.replace("NAME", name));
  }

  /** Has no wire to any API and calls by reflection. */
  TinyBundle nonImportingConsumer() {
    return new TinyBundle("acme.blind")
        .header("Import-Package", "org.osgi.framework")
        .header("Bundle-Activator", "acme.blind.Activator")
        .source("acme.blind.Activator", """
            package acme.blind;
            import java.util.*; import java.util.function.Function;
            import org.osgi.framework.*;
            public class Activator implements BundleActivator, Function<Object, Object> {
              private BundleContext context;
              public void start(BundleContext context) throws Exception {
                this.context = context;
                Hashtable<String, Object> p = new Hashtable<>(); p.put("name", "blind");
                context.registerService(Function.class, this, p);
              }
              public void stop(BundleContext context) { }
              public Object apply(Object command) {
                try {
                  ServiceReference<?> reference = context.getServiceReference("acme.api.Greeter");
                  if (reference == null) return "absent";
                  Object service = context.getService(reference);
                  if (service == null) return "null service";
                  return service.getClass().getMethod("greet", String.class).invoke(service, "blind");
                } catch (Exception e) { return e; }
              }
            }
            """);
  }
}
