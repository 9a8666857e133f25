package example.cart.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import example.cart.api.Line;
import example.cart.api.NotInCartException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CartComponentTest {
  private final CartComponent cart = new CartComponent();

  @Test
  void addsUpPerCustomer() {
    cart.add("ann", new Line("tea", 2, 350));
    cart.add("ann", new Line("milk", 1, 120));
    cart.add("ann", new Line("tea", 1, 300));
    cart.add("bob", new Line("tea", 1, 350));
    assertEquals(List.of(new Line("tea", 3, 300), new Line("milk", 1, 120)), cart.items("ann"));
    assertEquals(1020, cart.total("ann"));
    assertEquals(350, cart.total("bob"));
    assertEquals(0, cart.total("eve"));
  }

  @Test
  void takesOutWhatIsThere() throws Exception {
    cart.add("ann", new Line("tea", 3, 300));
    cart.remove("ann", "tea", 2);
    assertEquals(List.of(new Line("tea", 1, 300)), cart.items("ann"));
    NotInCartException e =
        assertThrows(NotInCartException.class, () -> cart.remove("ann", "tea", 2));
    assertEquals("the cart of ann holds 1 x 'tea', not 2", e.getMessage());
    cart.remove("ann", "tea", 1);
    assertEquals(List.of(), cart.items("ann"));
    assertThrows(NotInCartException.class, () -> cart.remove("ann", "tea", 1));
  }

  @Test
  void refusesNonsense() {
    assertThrows(IllegalArgumentException.class, () -> new Line("tea", 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Line(" ", 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Line("tea", 1, -1));
    for (int i = 0; i < CartComponent.LINES_MAX; i++) {
      cart.add("ann", new Line("a" + i, 1, 1));
    }
    assertThrows(IllegalStateException.class, () -> cart.add("ann", new Line("b", 1, 1)));
    cart.add("ann", new Line("a0", 1, 1));
    assertEquals(LINES_PLUS_ONE, cart.total("ann"));
  }

  private static final long LINES_PLUS_ONE = CartComponent.LINES_MAX + 1L;
}
