package org.fluidosgi.channel;

import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle that makes a framework look like a node and has commands of scope {@code t}. */
public final class FakeChannel implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    if (context.getProperty("fluid.port") != null) {
      throw new IllegalStateException("port " + context.getProperty("fluid.port") + " is in use");
    }
    context.registerService(
        LocalNode.class, () -> new LocalNode.Info("127.0.0.1:" + 1234), new Hashtable<>());
    Hashtable<String, Object> joined = new Hashtable<>();
    joined.put("osgi.condition.id", "fluid.joined");
    context.registerService(Runnable.class, () -> {}, joined);
    Hashtable<String, Object> commands = new Hashtable<>();
    commands.put("osgi.command.scope", "t");
    commands.put("osgi.command.function", new String[] {"echo", "list", "fail", "hold", "name"});
    context.registerService(Commands.class, new Commands(context), commands);
  }

  @Override
  public void stop(BundleContext context) {}

  /** The commands. */
  public static final class Commands {
    private final BundleContext context;

    Commands(BundleContext context) {
      this.context = context;
    }

    public String name() {
      return context.getProperty("fluid.name") + " " + context.getBundles().length;
    }

    public String echo(String text) {
      return text;
    }

    public List<String> list() {
      return List.of("one", "two");
    }

    public void fail(String text) {
      throw new IllegalStateException(text + "\nsecond line");
    }

    public String hold(long millis) throws InterruptedException {
      return new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS) ? "" : "held";
    }
  }
}
