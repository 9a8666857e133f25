package org.fluidosgi.framework.internal.group;

import org.osgi.framework.BundleException;

/** Another node did not answer in time: whether it did what it was asked is not known. */
final class UnknownEffectException extends BundleException {
  private static final long serialVersionUID = 1;
  private final String reason;

  /** {@code reason} = what failed, without what may have been done. */
  UnknownEffectException(String reason, String ifDone, Throwable cause) {
    super(reason + "; " + ifDone, cause);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
