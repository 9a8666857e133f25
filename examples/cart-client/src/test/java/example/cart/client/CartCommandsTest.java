package example.cart.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import example.cart.api.Cart;
import example.cart.api.Line;
import example.cart.api.NotInCartException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceException;

class CartCommandsTest {
  private final CartCommands commands = new CartCommands();

  private void answer(String method, Object answer) {
    commands.cart = (Cart) Proxy.newProxyInstance(
        Cart.class.getClassLoader(), new Class<?>[] {Cart.class}, (proxy, called, arguments) -> {
          if (!called.getName().equals(method)) {
            return called.getName().equals("total")
                ? (Object) 705L
                : List.of(new Line("tea", 2, 350));
          }
          if (answer instanceof Throwable failure) {
            throw failure;
          }
          return answer;
        });
  }

  @Test
  void showsWhatIsInTheCart() {
    answer("items", List.of(new Line("tea", 2, 350), new Line("gum", 1, 5)));
    assertEquals(
        List.of(
            "   2 x tea                        7.00",
            "   1 x gum                        0.05",
            "total 7.05"),
        commands.items("ann").lines().toList());
    assertEquals("7.05", commands.total("ann"));
    answer("items", List.of());
    assertEquals("empty", commands.items("ann"));
  }

  @Test
  void everyFailureIsOneLine() {
    assertEquals(
        "cart: no cart service here, start a bundle that provides one", commands.items("ann"));
    answer("remove", new NotInCartException("ann", "tea", 3, 2));
    assertEquals("cart: the cart of ann holds 2 x 'tea', not 3", commands.remove("ann", "tea", 3));
    answer("add", new ServiceException("n2 left\nmore", ServiceException.REMOTE));
    assertEquals(
        "cart: the service could not be reached: n2 left", commands.add("ann", "tea", 1, 1));
    assertEquals("cart: no line of a cart: 0 x 'tea' at 1 cents", commands.add("ann", "tea", 0, 1));
  }
}
