package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Proof that a side knows the group's token, bound to both HELLOs and to its role, so that neither can be replayed nor
 * reflected. Source: protocol-channel section 3. */
final class Proof {
  static final int BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private Proof() {}

  static byte[] of(byte[] token, boolean dialer, byte[] dialerHello, byte[] acceptorHello) {
    String role = dialer ? "fluid-osgi/1 dialer" : "fluid-osgi/1 acceptor";
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(token, ALGORITHM));
      update(mac, role.getBytes(StandardCharsets.US_ASCII));
      update(mac, dialerHello);
      update(mac, acceptorHello);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  /** In constant time. */
  static boolean matches(byte[] expected, ByteBuffer body) {
    byte[] given = new byte[body.remaining()];
    body.get(given);
    return MessageDigest.isEqual(expected, given);
  }

  private static void update(Mac mac, byte[] part) {
    mac.update(ByteBuffer.allocate(4).putInt(part.length).flip());
    mac.update(part);
  }
}
