package example.cart.client;

import example.cart.api.Cart;
import example.cart.api.Line;
import example.cart.api.NotInCartException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceException;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The commands of scope {@code cart}: every public method with the name of a function is one.
 * Errors: one line of text, never an exception. Threads: any. */
@Component(
    service = CartCommands.class,
    property = {
      "osgi.command.scope=cart",
      "osgi.command.function=add",
      "osgi.command.function=remove",
      "osgi.command.function=items",
      "osgi.command.function=total"
    })
public final class CartCommands {
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  volatile @Nullable Cart cart;

  /** Puts an article into a customer's cart. */
  public String add(String customer, String article, int quantity, long centsEach) {
    return ask(carts -> {
      carts.add(customer, new Line(article, quantity, centsEach));
      return shown(carts, customer);
    });
  }

  /** Takes pieces of an article out of a customer's cart. */
  public String remove(String customer, String article, int quantity) {
    return ask(carts -> {
      carts.remove(customer, article, quantity);
      return shown(carts, customer);
    });
  }

  /** What a customer's cart holds. */
  public String items(String customer) {
    return ask(carts -> shown(carts, customer));
  }

  /** The price of a customer's cart. */
  public String total(String customer) {
    return ask(carts -> money(carts.total(customer)));
  }

  private String ask(Question question) {
    Cart carts = cart;
    if (carts == null) {
      return "cart: no cart service here, start a bundle that provides one";
    }
    try {
      return question.ask(carts);
    } catch (NotInCartException e) {
      return "cart: " + e.getMessage();
    } catch (ServiceException e) {
      return "cart: the service could not be reached: " + oneLine(e);
    } catch (RuntimeException e) {
      return "cart: " + oneLine(e);
    }
  }

  private static String shown(Cart carts, String customer) {
    String lines = carts.items(customer).stream()
        .map(line -> String.format(
            "%4d x %-20s %10s%n", line.quantity(), line.article(), money(line.cents())))
        .collect(Collectors.joining());
    return lines.isEmpty() ? "empty" : lines + "total " + money(carts.total(customer));
  }

  private static String money(long cents) {
    return String.format(Locale.ROOT, "%d.%02d", cents / 100, cents % 100);
  }

  private static String oneLine(RuntimeException e) {
    String message = e.getMessage();
    return message == null
        ? e.getClass().getName()
        : message.lines().findFirst().orElse("");
  }

  /** What a command asks of the service. */
  private interface Question {
    String ask(Cart carts) throws NotInCartException;
  }
}
