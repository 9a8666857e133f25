package example.cart.api;

/** The customer's cart holds no such article, or fewer of it. */
public class NotInCartException extends Exception {
  private static final long serialVersionUID = 1L;

  public NotInCartException(String customer, String article, int wanted, int held) {
    super("the cart of " + customer + " holds " + held + " x '" + article + "', not " + wanted);
  }
}
