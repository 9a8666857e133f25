package org.fluidosgi.itests.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.fluidosgi.itests.benchmarks.api.Order;

/** The order written by hand: what a static codec reaches, used by the reference only. */
final class OrderBytes {
  private static final int BYTES_MAX = 8192;

  private OrderBytes() {}

  static ByteBuffer encode(Order order) {
    ByteBuffer out = ByteBuffer.allocate(BYTES_MAX);
    out.putLong(order.id);
    text(out, order.customer);
    text(out, order.article);
    out.putInt(order.quantity)
        .putDouble(order.price)
        .put((byte) (order.express ? 1 : 0))
        .putLong(order.createdAt);
    text(out, order.currency);
    out.putShort((short) order.signature.length).put(order.signature);
    out.putShort((short) order.tags.size());
    order.tags.forEach(tag -> text(out, tag));
    return out.flip();
  }

  static Order decode(ByteBuffer in) {
    Order order = new Order();
    order.id = in.getLong();
    order.customer = text(in);
    order.article = text(in);
    order.quantity = in.getInt();
    order.price = in.getDouble();
    order.express = in.get() == 1;
    order.createdAt = in.getLong();
    order.currency = text(in);
    order.signature = new byte[in.getShort()];
    in.get(order.signature);
    int count = in.getShort();
    order.tags = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      order.tags.add(text(in));
    }
    return order;
  }

  private static void text(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) bytes.length).put(bytes);
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
