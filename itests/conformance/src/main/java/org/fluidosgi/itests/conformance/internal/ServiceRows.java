package org.fluidosgi.itests.conformance.internal;

import static org.fluidosgi.itests.conformance.internal.Checks.fails;
import static org.fluidosgi.itests.conformance.internal.Checks.holds;
import static org.fluidosgi.itests.conformance.internal.Checks.same;
import static org.fluidosgi.itests.conformance.internal.Checks.soon;
import static org.fluidosgi.itests.conformance.internal.Checks.there;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.fluidosgi.itests.conformance.api.Greeter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** What {@code BundleContext}, {@code ServiceReference} and {@code ServiceObjects} say of services of the counterpart. */
final class ServiceRows {
  private final Subject subject;
  private final BundleContext context;

  ServiceRows(Subject subject) {
    this.subject = subject;
    context = subject.context;
  }

  void addTo(List<Row> rows) {
    rows.add(new Row("BundleContext.getServiceReference: the highest ranking", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      same("by class", red, context.getServiceReference(Greeter.class));
      same("by name", red, context.getServiceReference(Greeter.class.getName()));
      same("none", null, context.getServiceReference("no.such.Service"));
    }));
    rows.add(new Row("BundleContext.getServiceReferences, getAllServiceReferences: filters", () -> {
      String filter = "(&(colour=red)(service.ranking>=3))";
      ServiceReference<?>[] found =
          there("by name", context.getServiceReferences(Greeter.class.getName(), filter));
      same("one", 1, found.length);
      same("by class", List.of(found[0]), new ArrayList<>(subject.greeters(filter)));
      holds(
          "of all",
          Arrays.asList(there("all", context.getAllServiceReferences(null, filter)))
              .contains(found[0]));
      same("none", null, context.getServiceReferences((String) null, "(colour=none)"));
      same("empty", 0, subject.greeters("(colour=none)").size());
      fails("wrong", InvalidSyntaxException.class, () -> subject.greeters("(colour=red"));
    }));
    rows.add(new Row("BundleContext.getService, ungetService: counted", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      Greeter greeter = there("service", context.getService(red));
      same("works", "red greets you", greeter.greet("you"));
      same("the same", true, greeter == context.getService(red));
      holds("user", subject.uses(red));
      same("first", true, context.ungetService(red));
      holds("still user", subject.uses(red));
      same("second", true, context.ungetService(red));
      holds("user no more", !subject.uses(red));
      same("third", false, context.ungetService(red));
    }));
    rows.add(new Row("ServiceObjects of a singleton", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      ServiceObjects<Greeter> objects = there("objects", context.getServiceObjects(red));
      Greeter greeter = there("service", objects.getService());
      same("the same", true, greeter == objects.getService());
      same("reference", red, objects.getServiceReference());
      objects.ungetService(greeter);
      objects.ungetService(greeter);
      fails("not given", IllegalArgumentException.class, () -> objects.ungetService(whom -> whom));
      holds("user no more", !subject.uses(red));
    }));
    rows.add(new Row("Services of bundle scope", () -> {
      ServiceReference<Greeter> own = subject.greeter("own");
      same("scope", "bundle", own.getProperty(Constants.SERVICE_SCOPE));
      Greeter greeter = there("service", context.getService(own));
      same("works", "own greets me", greeter.greet("me"));
      same("the same", true, greeter == context.getService(own));
      context.ungetService(own);
      context.ungetService(own);
    }));
    rows.add(new Row("Services of prototype scope: objects of one's own", () -> {
      ServiceReference<Greeter> many = subject.greeter("many");
      ServiceObjects<Greeter> objects = there("objects", context.getServiceObjects(many));
      Greeter first = there("first", objects.getService());
      Greeter second = there("second", objects.getService());
      same("works", "many greet it", first.greet("it"));
      holds("another", first != second);
      same("scope", Constants.SCOPE_PROTOTYPE, many.getProperty(Constants.SERVICE_SCOPE));
      objects.ungetService(first);
      objects.ungetService(second);
      fails("twice", IllegalArgumentException.class, () -> objects.ungetService(second));
      same("of the bundle", context.getService(many), context.getService(many));
      holds("given back", context.ungetService(many));
      holds("and the other", context.ungetService(many));
    }));
    rows.add(new Row("ServiceReference.getProperty, getPropertyKeys, getProperties", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      same("case", "red", red.getProperty("COLOUR"));
      same("ranking", 3, red.getProperty(Constants.SERVICE_RANKING));
      same("unknown", null, red.getProperty("unknown"));
      holds("keys", Arrays.asList(red.getPropertyKeys()).contains("colour"));
      same("all", "red", red.getProperties().get("colour"));
      same("interfaces", List.of(Greeter.class.getName()), Arrays.asList((String[])
          red.getProperty(Constants.OBJECTCLASS)));
    }));
    rows.add(new Row("ServiceReference: service.id", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      ServiceReference<Greeter> own = subject.greeter("own");
      Object id = red.getProperty(Constants.SERVICE_ID);
      holds("a number", id instanceof Long);
      holds("its own", !id.equals(own.getProperty(Constants.SERVICE_ID)));
      same(
          "found by it",
          List.of(red),
          new ArrayList<>(subject.greeters("(service.id=" + id + ")")));
      holds("matches", context.createFilter("(service.id=" + id + ")").match(red));
      ServiceTracker<Greeter, Greeter> tracker = new ServiceTracker<>(context, red, null);
      tracker.open();
      same("tracked by it", 1, tracker.size());
      tracker.close();
    }));
    rows.add(new Row("ServiceReference.getBundle, service.bundleid", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      same("bundle", subject.counterpart(), red.getBundle());
      long id = subject.counterpart().getBundleId();
      same("id", id, red.getProperty(Constants.SERVICE_BUNDLEID));
      same("found by it", 3, subject.greeters("(service.bundleid=" + id + ")").size());
    }));
    rows.add(new Row("ServiceReference.getUsingBundles", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      holds(
          "the counterpart",
          Arrays.asList(there("users", red.getUsingBundles())).contains(subject.counterpart()));
    }));
    rows.add(new Row("ServiceReference.isAssignableTo", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      holds("to us", red.isAssignableTo(context.getBundle(), Greeter.class.getName()));
    }));
    rows.add(new Row("ServiceReference: equals, hashCode, compareTo", () -> {
      ServiceReference<Greeter> red = subject.greeter("red");
      ServiceReference<Greeter> again = subject.greeter("red");
      ServiceReference<Greeter> own = subject.greeter("own");
      same("equal", red, again);
      same("hash", red.hashCode(), again.hashCode());
      same("to itself", 0, red.compareTo(again));
      holds("ranking", red.compareTo(own) > 0 && own.compareTo(red) < 0);
      String first = subject.colour("ordered");
      String second = subject.colour("ordered");
      subject.control().register(first, 0);
      subject.control().register(second, 0);
      ServiceReference<Greeter> earlier = subject.greeter(first);
      ServiceReference<Greeter> later = subject.greeter(second);
      holds("of equal ranking, the earlier one", earlier.compareTo(later) > 0);
      Collection<ServiceReference<Greeter>> all = subject.greeters(null);
      same("all in one order", all.size(), new TreeSet<>(all).size());
      subject.control().unregister(first);
      subject.control().unregister(second);
    }));
    rows.add(new Row("ServiceReference: a service that is gone", () -> {
      String colour = subject.colour("short");
      subject.control().register(colour, 0);
      ServiceReference<Greeter> reference = subject.greeter(colour);
      there("service", context.getService(reference));
      Object id = reference.getProperty(Constants.SERVICE_ID);
      subject.control().unregister(colour);
      soon("gone", () -> reference.getBundle() == null);
      same("service", null, context.getService(reference));
      same("unget", false, context.ungetService(reference));
      same("users", null, reference.getUsingBundles());
      same("its properties stay", colour, reference.getProperty("colour"));
      same("its id stays", id, reference.getProperty(Constants.SERVICE_ID));
    }));
    rows.add(new Row("ServiceTracker: comes, changes, goes", () -> {
      ServiceTracker<Greeter, Greeter> tracker = new ServiceTracker<>(
          context,
          context.createFilter("(&(objectClass=" + Greeter.class.getName() + ")(colour=tracked*))"),
          null);
      tracker.open();
      same("none yet", 0, tracker.size());
      String colour = subject.colour("tracked");
      subject.control().register(colour, 0);
      soon("comes", () -> tracker.size() == 1);
      same(
          "works", colour + " greets it", there("service", tracker.getService()).greet("it"));
      String now = subject.colour("tracked");
      subject.control().recolour(colour, now);
      soon("changes", () -> now.equals(tracker.getServiceReference().getProperty("colour")));
      subject.control().unregister(now);
      soon("goes", () -> tracker.isEmpty());
      tracker.close();
    }));
  }
}
