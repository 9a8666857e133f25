package example.cart.api;

/** One article in a cart.
 * Shape: quantity from 1 on; price of one piece in cents, from 0 on. */
public record Line(String article, int quantity, long centsEach) {
  public Line {
    if (article.isBlank() || quantity < 1 || centsEach < 0) {
      throw new IllegalArgumentException(
          "no line of a cart: " + quantity + " x '" + article + "' at " + centsEach + " cents");
    }
  }

  /** Price of all pieces. */
  public long cents() {
    return Math.multiplyExact(quantity, centsEach);
  }
}
