package example.cart.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Shopping carts, one per customer. A service that has state.
 * Threads: any. */
@ProviderType
public interface Cart {
  /** Puts the line into the customer's cart: more of an article that is there, at the new price.
   * Errors: IllegalStateException when the cart is full. */
  void add(String customer, Line line);

  /** Takes that many pieces of an article out. */
  void remove(String customer, String article, int quantity) throws NotInCartException;

  /** What the customer's cart holds, in the order in which it was put in; empty for an unknown customer. */
  List<Line> items(String customer);

  /** Price of all in cents. */
  long total(String customer);
}
