package org.fluidosgi.framework.internal.group;

import org.osgi.framework.BundleException;

/** Another node did not answer in time: whether it did what it was asked is not known. */
final class UnknownEffectException extends BundleException {
  private static final long serialVersionUID = 1;

  UnknownEffectException(String message, Throwable cause) {
    super(message, cause);
  }
}
