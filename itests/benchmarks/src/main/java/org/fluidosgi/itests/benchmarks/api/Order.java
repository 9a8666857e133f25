package org.fluidosgi.itests.benchmarks.api;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The transfer object of the workload: ten fields, one of them a list of twenty strings. Serializable because some peers ask for
 * it. */
@SuppressWarnings("NullAway.Init")
public final class Order implements Serializable {
  private static final long serialVersionUID = 1L;
  public long id;
  public String customer;
  public String article;
  public int quantity;
  public double price;
  public boolean express;
  public long createdAt;
  public String currency;
  public byte[] signature;
  public List<String> tags;

  /** An order whose content depends on the seed alone. */
  public static Order sample(int seed) {
    Order order = new Order();
    order.id = 1_000_000_007L * (seed + 1);
    order.customer = "Customer number " + seed;
    order.article = "ART-4711-" + seed;
    order.quantity = 3 + seed;
    order.price = 19.99 * (seed + 1);
    order.express = (seed & 1) == 0;
    order.createdAt = 1_700_000_000_000L + seed;
    order.currency = "EUR";
    order.signature = new byte[16];
    for (int i = 0; i < order.signature.length; i++) {
      order.signature[i] = (byte) (i * 7 + seed);
    }
    order.tags = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      order.tags.add("tag-" + i + "-value-" + (seed * 31 + i));
    }
    return order;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Order that
        && id == that.id
        && customer.equals(that.customer)
        && article.equals(that.article)
        && quantity == that.quantity
        && price == that.price
        && express == that.express
        && createdAt == that.createdAt
        && currency.equals(that.currency)
        && Arrays.equals(signature, that.signature)
        && tags.equals(that.tags);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }
}
