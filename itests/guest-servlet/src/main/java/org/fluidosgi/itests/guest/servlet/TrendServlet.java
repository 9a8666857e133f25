package org.fluidosgi.itests.guest.servlet;

import example.trends.api.Trend;
import example.trends.api.TrendService;
import example.trends.api.UnknownRegionException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Answers {@code ?region=europe} with that region's hashtags, one a line, from whatever trend service a plain look-up finds.
 * Threads: any. Errors: 503 without a service, 404 for an unknown region. */
final class TrendServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient BundleContext context;

  TrendServlet(BundleContext context) {
    this.context = context;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ServiceReference<TrendService> reference = context.getServiceReference(TrendService.class);
    TrendService trends = reference == null ? null : context.getService(reference);
    if (reference == null || trends == null) {
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "no trend service");
      return;
    }
    try {
      response.setContentType("text/plain;charset=utf-8");
      for (Trend trend : trends.top(request.getParameter("region"))) {
        response.getWriter().println(trend.hashtag());
      }
    } catch (UnknownRegionException e) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND, e.getMessage());
    } finally {
      context.ungetService(reference);
    }
  }
}
