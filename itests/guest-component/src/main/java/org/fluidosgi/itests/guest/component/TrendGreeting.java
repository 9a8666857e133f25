package org.fluidosgi.itests.guest.component;

import example.trends.api.TrendService;
import example.trends.api.UnknownRegionException;
import org.fluidosgi.itests.probe.api.Greeting;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Greets with the first hashtag of Europe; active only while there is a trend service. */
@Component(property = {"probe.id=component", "colour=component"})
public final class TrendGreeting implements Greeting {
  private final TrendService trends;

  @Activate
  public TrendGreeting(@Reference TrendService trends) {
    this.trends = trends;
  }

  @Override
  public String greet(String name) {
    try {
      return name + " " + trends.top("europe").get(0).hashtag();
    } catch (UnknownRegionException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public String hold(long millis) {
    throw new UnsupportedOperationException("it only greets");
  }

  @Override
  public String take(Object value) {
    throw new UnsupportedOperationException("it only greets");
  }

  @Override
  public Object make(String type) {
    throw new UnsupportedOperationException("it only greets");
  }
}
