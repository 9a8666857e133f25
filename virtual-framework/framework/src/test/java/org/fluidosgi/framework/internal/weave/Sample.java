package org.fluidosgi.framework.internal.weave;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleReference;
import org.osgi.framework.FrameworkUtil;

/** Ways in which a class meets a context; each method adds what it saw. Loaded woven by the test. */
public class Sample extends SampleBase implements BundleActivator, SampleGreeter {
  /** What was seen, in order. */
  public final List<String> seen = new ArrayList<>();

  public BundleContext injected;

  public Sample() {
    super(null);
  }

  /** A context, behind and before wide parameters, used before and after super(). */
  public Sample(long before, BundleContext first, double between, BundleContext second) {
    super(first);
    seen.add(before + first.getProperty("") + between + second.getProperty(""));
  }

  @Override
  public void start(BundleContext context) {
    seen.add("start " + context.getProperty(""));
    Runnable lambda = () -> seen.add("lambda " + context.getProperty(""));
    lambda.run();
    new Inner().use(context);
    while (seen.size() < 4) {
      seen.add("loop " + context.getProperty(""));
    }
  }

  @Override
  public void stop(BundleContext context) {}

  public static String fixed(int a, BundleContext context, long b) {
    return a + context.getProperty("") + b;
  }

  public String results(Supplier<BundleContext> generic) {
    BundleContext result = give();
    BundleContext cast = generic.get();
    Function<Class<?>, Bundle> reference = FrameworkUtil::getBundle;
    return result.getProperty("")
        + ", " + cast.getProperty("")
        + ", " + injected.getProperty("")
        + ", " + FrameworkUtil.getBundle(Sample.class).getSymbolicName()
        + ", " + FrameworkUtil.getBundle(Sample.class.getClassLoader()).get().getSymbolicName()
        + ", " + reference.apply(Sample.class).getSymbolicName();
  }

  /** Bundles that the host gives through its API, and one that somebody else gives. */
  public static String bundles(BundleReference reference, Supplier<Bundle> other) {
    return reference.getBundle().getSymbolicName() + ", " + other.get().getSymbolicName();
  }

  private static BundleContext give() {
    return Raw.given();
  }

  public native void untouched(BundleContext context);

  /** Bridge methods for a type parameter. */
  public static class Bridged implements Function<BundleContext, String> {
    @Override
    public String apply(BundleContext context) {
      return "bridge " + context.getProperty("");
    }
  }

  final class Inner {
    void use(BundleContext context) {
      seen.add("inner " + context.getProperty(""));
    }
  }
}
