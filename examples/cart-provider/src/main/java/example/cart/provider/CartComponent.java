package example.cart.provider;

import example.cart.api.Cart;
import example.cart.api.Line;
import example.cart.api.NotInCartException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/** Keeps all carts in a field. Threads: its own monitor guards them. */
@Component(immediate = true)
public final class CartComponent implements Cart {
  /** Most different articles that one cart holds. */
  static final int LINES_MAX = 1_000;

  private final Map<String, Map<String, Line>> carts = new HashMap<>();

  @Override
  public synchronized void add(String customer, Line line) {
    Map<String, Line> cart = carts.getOrDefault(customer, new LinkedHashMap<>());
    Line held = cart.get(line.article());
    if (held == null && cart.size() >= LINES_MAX) {
      throw new IllegalStateException(
          "the cart of " + customer + " is full: it holds " + LINES_MAX + " articles");
    }
    int quantity = held == null ? line.quantity() : Math.addExact(held.quantity(), line.quantity());
    cart.put(line.article(), new Line(line.article(), quantity, line.centsEach()));
    carts.put(customer, cart);
  }

  @Override
  public synchronized void remove(String customer, String article, int quantity)
      throws NotInCartException {
    Map<String, Line> cart = carts.getOrDefault(customer, Map.of());
    Line held = cart.get(article);
    int there = held == null ? 0 : held.quantity();
    if (quantity < 1 || held == null || there < quantity) {
      throw new NotInCartException(customer, article, quantity, there);
    }
    if (there > quantity) {
      cart.put(article, new Line(article, there - quantity, held.centsEach()));
      return;
    }
    cart.remove(article);
    if (cart.isEmpty()) {
      carts.remove(customer);
    }
  }

  @Override
  public synchronized List<Line> items(String customer) {
    return List.copyOf(carts.getOrDefault(customer, Map.of()).values());
  }

  @Override
  public long total(String customer) {
    return items(customer).stream().mapToLong(Line::cents).sum();
  }
}
