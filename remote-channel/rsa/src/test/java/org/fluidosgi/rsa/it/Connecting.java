package org.fluidosgi.rsa.it;

/** Bundles that connect explicitly, driven through functions. */
final class Connecting {
  private static final String IMPORTS =
      "org.osgi.framework,org.fluidosgi.channel,org.fluidosgi.rsa.connect";

  private Connecting() {}

  /** Knows the API; function "connecting". */
  static TinyBundle bundle(Acme acme) {
    return new TinyBundle("acme.connecting")
        .header(
            "Import-Package", "acme.api;version=\"[1,2)\"," + IMPORTS + ",org.osgi.util.promise")
        .header("Bundle-Activator", "acme.connecting.Activator")
        .with(acme.apiClasses)
        .source(
            "acme.connecting.Activator",
            source("connecting", "connecting", "import acme.api.*;", """
                private Greeter kept;
                private Object more(String command) throws Exception {
                  if (command.equals("fetch")) { kept = connection.fetch(only(), Greeter.class); return kept.greet("world"); }
                  if (command.equals("kept")) {
                    try { return kept == null ? "none" : kept.greet("kept"); }
                    catch (ServiceException e) { return (e.getType() == ServiceException.REMOTE ? "REMOTE " : "other ") + e.getMessage(); }
                  }
                  if (command.equals("call"))
                    return connection.call(only(), Greeter.class, g -> g.greet("you")).toCompletableFuture().get(10, TimeUnit.SECONDS);
                  throw new IllegalArgumentException(command);
                }
                """));
  }

  /** Knows no API; function "blind". */
  static TinyBundle blindBundle() {
    return new TinyBundle("acme.connecting.blind")
        .header("Import-Package", IMPORTS)
        .header("Bundle-Activator", "acme.blindly.Activator")
        .source("acme.blindly.Activator", source("blindly", "blind", "", NO_MORE));
  }

  /** Wired to another version of the API; function "second". */
  static TinyBundle bundleOfVersion2(Acme acme) {
    return new TinyBundle("acme.connecting2")
        .header("Import-Package", "acme.api;version=\"[2,3)\"," + IMPORTS)
        .header("Bundle-Activator", "acme.second.Activator")
        .with(acme.api2Classes)
        .source("acme.second.Activator", source("second", "second", "", NO_MORE));
  }

  private static final String NO_MORE =
      "private Object more(String command) { throw new IllegalArgumentException(command); }";

  private static String source(String packageName, String name, String imports, String more) {
    return """
        package acme.PACKAGE;
        IMPORTS
        import java.util.*; import java.util.concurrent.*; import java.util.function.Function;
        import org.fluidosgi.channel.*; import org.fluidosgi.rsa.connect.*; import org.osgi.framework.*;
        public class Activator implements BundleActivator, Function<Object, Object>, ReferenceListener {
          private BundleContext context; private RemoteConnection connection;
          private final StringBuffer heard = new StringBuffer();
          public void start(BundleContext context) {
            this.context = context;
            Hashtable<String, Object> p = new Hashtable<>(); p.put("name", "NAME");
            context.registerService(Function.class, this, p);
          }
          public void stop(BundleContext context) { }
          public void added(RemoteReference r) { heard.append('+'); }
          public void removed(RemoteReference r) { heard.append('-'); }
          private RemoteReference only() { return connection.references().get(0); }
          public Object apply(Object asked) {
            try { return String.valueOf(run((String) asked)); }
            catch (Exception e) { return e.toString(); }
          }
          private Object run(String asked) throws Exception {
            String[] words = asked.split(" ", 2);
            switch (words[0]) {
              case "connect": {
                RemoteConnector connector = context.getService(context.getServiceReference(RemoteConnector.class));
                connection = connector.connect(NodeAddress.parse(words[1])).toCompletableFuture().get(10, TimeUnit.SECONDS);
                connection.listen(this);
                return connection.peer().name() + " " + connection.references().size();
              }
              case "matching": return connection.references(words[1]).size();
              case "property": return only().property(words[1]);
              case "heard": return heard;
              case "open": return connection.isOpen();
              case "any": if (words.length > 1) run("connect " + words[1]); return connection.fetch(only());
              case "interfaces": {
                StringJoiner names = new StringJoiner(" ");
                for (Class<?> type : connection.fetch(only()).getClass().getInterfaces())
                  if (type.getMethods().length > 0) names.add(type.getName());
                return names;
              }
              case "disconnect": {
                connection.close();
                String why = connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS).getMessage();
                return why.substring(why.indexOf("closed on"));
              }
              default: return more(asked);
            }
          }
          MORE
        }
        """.replace("PACKAGE", packageName)
        .replace("NAME", name)
        .replace("IMPORTS", imports)
        .replace("MORE", more);
  }
}
